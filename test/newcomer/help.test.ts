import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TempHome, tempHome } from './temp-home.ts'

let home: TempHome
beforeAll(() => {
  home = tempHome()
})
afterAll(() => home[Symbol.dispose]())

/** Every command, as its words, with what its help says; found by reading the help as a newcomer does. */
async function helpOf(words: readonly string[]): Promise<[string, string][]> {
  const { exitCode, stdout, stderr } = await home.run([...words, '--help'])
  expect({ exitCode, stderr }, words.join(' ')).toEqual({ exitCode: 0, stderr: '' })
  const [, list = ''] = /^Commands:\n((?: {2}.*\n)+)/m.exec(stdout) ?? []
  const names = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].flatMap(([, name]) =>
    name && name !== 'help' ? [name] : [],
  )
  const below = await Promise.all(names.map(name => helpOf([...words, name])))
  return [[words.join(' '), stdout], ...below.flat()]
}

test('every command has a help that says how it is used, what it does, and what each option means', async () => {
  const helps = await helpOf([])
  const names = helps.map(([name]) => name)
  expect(names).toEqual(
    expect.arrayContaining(['start', 'demo', 'sandbox', 'check', 'doctor', 'keys create', 'keys list', 'keys revoke']),
  )
  expect(names).toEqual(
    expect.arrayContaining(['connections add', 'connections list', 'connections remove', 'tools search', 'tools call']),
  )
  for (const [name, help] of helps) {
    expect(help, name).toMatch(new RegExp(`^Usage: clawlink${name && ` ${name}`}( |$)`))
    const [, about = ''] = /^Usage: .*\n\n(.+)/.exec(help) ?? []
    expect(about, `${name}: a sentence`).toMatch(/^[A-Z].*[.,]?/)
    // An option or a command, two spaces, a sentence that begins with a capital.
    for (const line of help.split('\n').filter(each => /^ {2}\S/.test(each)))
      expect(line, name).toMatch(/^ {2}\S.*? {2,}(\S.*)$/)
    for (const line of help.split('\n')) expect(line.length, `${name}: ${line}`).toBeLessThanOrEqual(120)
  }
})

test('help shows the help of the command that it names, at any level', async () => {
  for (const words of [[], ['start'], ['keys'], ['keys', 'create']]) {
    const asked = await home.run(['help', ...words])
    expect(asked, words.join(' ')).toEqual(await home.run([...words, '--help']))
    expect(asked.stdout).toContain(`Usage: ${['clawlink', ...words].join(' ')} [options]`)
  }
})

test('the help of start lists every setting that check shows, also those that have no flag', async () => {
  const { stdout } = await home.run(['start', '--help'])
  const { settings } = await home.json(['check'])
  const { stdout: table } = await home.run(['check'])
  expect(Object.keys(Object(settings)).length).toBeGreaterThan(15)
  for (const name of table.match(/CLAWLINK_[A-Z_]+/g) ?? []) expect(stdout).toContain(name)
})

test('without a command it shows what there is, and fails', async () => {
  const { exitCode, stderr } = await home.run([])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Usage: clawlink [options] [command]')
  expect(stderr).toContain('clawlink demo')
})

test('it says its version', async () => {
  const { exitCode, stdout } = await home.run(['--version'])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test.each([
  [['strat'], "error: unknown command 'strat'\n(Did you mean start?)"],
  [['keys', 'crate'], "error: unknown command 'crate'\n(Did you mean create?)"],
  [['help', 'strat'], "error: unknown command 'strat'\n(Did you mean start?)"],
  [['help', 'keys', 'crate'], "error: unknown command 'crate'\n(Did you mean create?)"],
  [['keys', 'crate', '--help'], "error: unknown command 'crate'\n(Did you mean create?)"],
  [['nothing-like-it', '-h'], "error: unknown command 'nothing-like-it'"],
  [['start', '--prot', '1'], "error: unknown option '--prot'\n(Did you mean --port?)"],
  [['tools', 'call', 'x', '--conection', 'y'], "error: unknown option '--conection'\n(Did you mean --connection?)"],
  [['keys', 'create'], "error: required option '--name <agent>' not specified"],
  [['connections', 'add'], "error: missing required argument 'provider'"],
  [['keys', 'revoke'], "error: missing required argument 'id'"],
  [['start', 'now'], "error: too many arguments for 'start'. Expected 0 arguments but got 1: now."],
])('a slip is answered with what was meant: %j', async (args, says) => {
  const { exitCode, stdout, stderr } = await home.run(args)
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr).toBe(`${says}\nRun it with --help to see what it takes.\n`)
})

test.each([
  [['tools', 'search', '--limit', 'all'], '--limit takes a whole number from 1 to 100.'],
  [['tools', 'search', '--limit', '0'], '--limit takes a whole number from 1 to 100.'],
  [['keys', 'create', '--name', 'a', '--expires', '-1'], '--expires takes a number of days up to 3650.'],
  [['keys', 'create', '--name', 'a\tb'], 'An agent needs a name of 1 to 80 characters, all of them printable.'],
])('an option with a value that does not fit says what would: %j', async (args, says) => {
  const { exitCode, stdout, stderr } = await home.run(args)
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr).toContain(`error: ${says}`)
  expect(stderr).not.toContain('Correct what is named')
})

test('a reader that has seen enough is no error', async () => {
  const { exitCode, stderr } = await home.run(['tools', 'search', '--limit', '100'], { hangUp: true })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
})
