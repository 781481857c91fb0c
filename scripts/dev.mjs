/** `node scripts/dev.mjs <file.ts> …` runs one of our own files with everything in place that developing needs. */
import { run } from './run.mjs'

const [file = '', ...args] = process.argv.slice(2)
await run(file, args, { dev: true, web: ['scripts/test.ts', 'scripts/check.ts'].includes(file) })
