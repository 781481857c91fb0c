import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { spawnCli } from '../kit/cli.ts'
import { type TempHome, tempHome } from './temp-home.ts'

/** The folder in which the demo makes its own. */
const tmp = (home: TempHome) => ({ TMPDIR: home.path, TEMP: home.path, TMP: home.path })
const leftovers = (home: TempHome) => readdirSync(home.path).filter(name => name.includes('clawlink'))

test('the demo plays the whole story, says each step, and leaves nothing behind', async () => {
  using home = tempHome()
  const { exitCode, stdout, stderr } = await home.run(['demo'], { env: tmp(home) })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const steps = [...stdout.matchAll(/^● (.*)$/gm)].map(([, step]) => step)
  expect(steps).toHaveLength(15)
  for (const word of [
    'sandbox provider',
    'connects',
    'key',
    'MCP',
    'searches',
    'previews',
    'calls',
    'mistake',
    'second mail',
    'goes on by itself',
    'waits for its turn',
    'how far it is',
    'delegated',
    'answer comes back',
    'usage',
  ])
    expect(steps.join('\n')).toContain(word)
  expect(stdout).toContain('"authorization": "Bearer •••"')
  expect(stdout).toContain('outcome_unknown')
  expect(stdout).toContain('"succeeded": 12')
  expect(stdout).toMatch(/"state": "ended",\s+"data": \{\s+"id": "rep_/)
  expect(stdout).toMatch(/"state": "completed",\s+"result": "Say which week."/)
  expect(stdout).toMatch(/sandbox_create_issue +succeeded/)
  expect(stdout).toMatch(/Now with your own apps: npm start\n$/)
  expect(stdout).not.toMatch(/cllk_live_[0-9a-f]{20}|sbx_/)
  expect(leftovers(home)).toEqual([])
})

test('with --json it is the same story as one document', async () => {
  using home = tempHome()
  const { steps } = await home.json(['demo'], { env: tmp(home) })
  expect(steps).toHaveLength(15)
  for (const step of steps as object[]) expect(step).toEqual({ step: expect.any(String), shows: expect.anything() })
})

test('it can be stopped at any moment without leaving anything behind', async () => {
  using home = tempHome()
  await using demo = spawnCli(['demo'], { home: home.path, env: tmp(home) })
  await demo.until(/^● ClawLink runs/m)
  demo.signal('SIGINT')
  expect(await demo.ended).toBe(130)
  expect(leftovers(home)).toEqual([])
})
