import { expect, test } from 'vitest'
import { spawnCli } from '../kit/cli.ts'
import { tempHome } from './temp-home.ts'

const tellAtExit = "process.on('exit', () => console.error('loaded:', process.moduleLoadList.join()))"

test('a server at rest has not loaded what of Node it does not need, which is a tenth of its memory', async () => {
  using home = tempHome()
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tellAtExit)}` }
  await using server = spawnCli(['start', '--json', '--port', '0'], { home: home.path, env })
  await server.until(/"url"/)
  server.signal('SIGTERM')
  expect(await server.ended).toBe(0)
  const { stderr } = server.said()
  expect(stderr).toContain('loaded: ')
  // Whoever imports `node:http` by value gets it: see src/core/node-http.ts.
  expect(stderr).not.toContain('internal/deps/undici/undici')
})
