import { spawn, spawnSync } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { type TempHome, tempHome } from './temp-home.ts'

/** Plays a person at a terminal: waits for the prompt, types, and prints all that the terminal showed. */
const person = `
import os, pty, sys
keys = sys.argv[1].encode().decode('unicode_escape').encode()
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
shown, typed = b'', False
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    if not typed and b'(not shown): ' in shown:
        os.write(terminal, keys)
        typed = True
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const hasTerminals =
  process.platform !== 'win32' && spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0

// Node cannot make a terminal itself.
describe.runIf(hasTerminals)('a secret that is typed at a terminal', () => {
  let home: TempHome
  let sandbox: Sandbox
  beforeAll(async () => {
    home = tempHome()
    sandbox = await startSandbox({ now: Date.now })
  })
  afterAll(async () => {
    await sandbox.stop()
    home[Symbol.dispose]()
  })

  /** `keys` in Python's notation: `\\r` is Enter, `\\x03` Ctrl-C, `\\x7f` Backspace. */
  async function type(keys: string, label: string): Promise<{ exitCode: number | null; shown: string }> {
    const command = [process.execPath, main, 'connections', 'add', 'sandbox', '--label', label]
    const child = spawn('python3', ['-c', person, keys, ...command, '--base-urls', `sandbox=${sandbox.url}`], {
      cwd: home.path,
      env: { PATH: process.env.PATH, HOME: home.path, NO_COLOR: '1', TERM: 'xterm' },
    })
    const ended = new Promise<number | null>(resolve => child.on('close', resolve))
    const shown = await text(child.stdout)
    return { exitCode: await ended, shown }
  }
  const labels = async () =>
    ((await home.json(['connections', 'list'])).items as { label: string }[]).map(({ label }) => label)

  test('is asked for by name and never shown, and a slip can be taken back', async () => {
    const { exitCode, shown } = await type(`${sandbox.apiKey}oops\\x7f\\x7f\\x7f\\x7f\\r`, 'typed')
    expect(exitCode).toBe(0)
    expect(shown).toContain('Sandbox API key (not shown): ')
    expect(shown).toContain('The sandbox shows its API key when it starts: with ClawLink by `npm start -- --sandbox`')
    expect(shown).toMatch(/\nConnected sandbox as \S+ \(conn_\w+\)\./)
    expect(shown).not.toContain(sandbox.apiKey.slice(0, 8))
    expect(shown).not.toContain('oops')
    expect(await labels()).toEqual(['typed'])
  })

  test.each([
    ['Ctrl-C', `secret\\x03`, 130],
    ['Ctrl-D', `\\x04`, 130],
    ['Enter alone', `\\r`, 1],
  ])('is not taken after %s, and nothing is stored', async (_, keys, code) => {
    const { exitCode, shown } = await type(keys, 'never')
    expect(exitCode).toBe(code)
    expect(shown).not.toContain('secret')
    expect(shown).toMatch(/\n$/)
    expect(await labels()).not.toContain('never')
  })
})
