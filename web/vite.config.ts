import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where a ClawLink runs that `npm run dev` shows the pages of. */
const clawlink = process.env.CLAWLINK_URL ?? 'http://127.0.0.1:9077'

export default defineConfig({
  plugins: [react(), tailwind()],
  build: {
    // The server's policy allows no inline script, style or image but `data:` images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What every page needs, in one file that only changes with its packages.
            { name: 'base', test: /node_modules\/(react|react-dom|scheduler|@tanstack)\// },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(['/api', '/auth', '/oauth', '/.well-known'].map(path => [path, clawlink])),
  },
})
