import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TempHome, tempHome } from './temp-home.ts'

let home: TempHome
/** Where a key was made, and nothing else. */
let begun: TempHome
let server: Awaited<ReturnType<TempHome['start']>>
let atSandbox: string[]

beforeAll(async () => {
  home = tempHome()
  begun = tempHome()
  await begun.run(['keys', 'create', '--name', 'first'])
  server = await home.start(['--sandbox', '--port', '0', '--sandbox-port', '0'])
  atSandbox = ['--sandbox-port', new URL(server.sandbox?.url ?? '').port]
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  home[Symbol.dispose]()
  begun[Symbol.dispose]()
})

test('without --json, what needs the browser comes with its link, at the server that runs on the same data', async () => {
  const { stderr } = await home.run(['tools', 'call', 'github_whoami'])
  expect(stderr).toContain(`\nLink: ${server.url}/connections?connect=github\n`)
})

test('with --json every command prints one JSON document on standard output and nothing else', async () => {
  expect(server).toMatchObject({ url: expect.stringMatching(/^http/), sandbox: { apiKey: expect.any(String) } })
  const add = ['connections', 'add', 'sandbox', ...atSandbox]
  const connected = await home.json(add, { input: server.sandbox?.apiKey ?? '' })
  expect(connected).toMatchObject({ id: expect.any(String), provider: 'sandbox', isDefault: false })
  const made = await home.json(['keys', 'create', '--name', 'a', '--expires', '30'])
  expect(made).toMatchObject({ agent: 'a', environment: 'live', key: expect.stringMatching(/^cllk_live_/) })
  const call = ['sandbox_whoami', '{}', ...atSandbox]

  const queued = await home.json(['tools', 'call', ...call, '--no-wait'])
  expect(queued).toMatchObject({ outcome: 'parked', status: 'queued' })
  const later = String(queued.callId)

  const answers: [string[], object][] = [
    [['check'], { settings: expect.any(Object), unknownVariables: [] }],
    [['doctor'], { findings: expect.arrayContaining([{ state: 'good', what: expect.stringContaining(server.url) }]) }],
    [['keys', 'list'], { items: [{ id: made.id, agent: 'a', state: 'active' }] }],
    [['keys', 'revoke', String(made.id)], { id: made.id, state: 'revoked' }],
    [
      ['connections', 'list'],
      { items: [{ id: connected.id, reconnectLink: expect.stringContaining(`${server.url}/connections`) }] },
    ],
    [['tools', 'search', 'mail'], { items: expect.arrayContaining([expect.objectContaining({ effect: 'read' })]) }],
    [['tools', 'describe', 'sandbox_whoami'], { name: 'sandbox_whoami', inputSchema: expect.any(Object) }],
    [['tools', 'preview', ...call], { request: { method: 'GET' } }],
    [['tools', 'call', ...call], { outcome: 'succeeded', callId: expect.stringMatching(/^call_/) }],
    [['calls', 'wait', later], { state: 'ended', answer: { outcome: 'succeeded' }, usage: { surface: 'cli' } }],
    [['calls', 'list'], { items: [] }],
    [['calls', 'cancel', later], { state: 'ended', usage: { outcome: 'succeeded' } }],
    [['vault', 'rotate'], { ringVersion: 2, madeKey: true, records: 3, broken: [] }],
    [['vault', 'new-ring'], { id: expect.stringMatching(/^ring_/), active: 1 }],
    [['connections', 'remove', String(connected.id)], { id: connected.id }],
  ]
  for (const [args, answer] of answers) expect(await home.json(args), args.join(' ')).toMatchObject(answer)
  const passphrase = { CLAWLINK_KEYRING_PASSPHRASE: 'open sesame' }
  expect(await home.json(['vault', 'protect'], { env: passphrase })).toEqual({ protected: true })
})

test.each([
  [['start', '--port', 'x'], { code: 'validation_error', status: 400 }],
  [['keys', 'revoke', 'key_none'], { code: 'not_found', status: 404 }],
  [
    ['keys', 'create', '--name', 'a', '--expires', 'soon'],
    { code: 'validation_error', fix: 'For example: --expires 90' },
  ],
  [['connections', 'add', 'nowhere'], { code: 'provider_not_found', choices: expect.arrayContaining(['github']) }],
  [['connections', 'remove', 'conn_none'], { code: 'connection_not_found' }],
  [
    ['tools', 'describe', 'sandbox_whoam'],
    { code: 'tool_not_found', choices: expect.arrayContaining(['sandbox_whoami']) },
  ],
  [['tools', 'call', 'sandbox_whoami', '[]'], { code: 'validation_error' }],
  [['tools', 'call', 'github_whoami'], { code: 'not_connected', callId: expect.any(String), outcome: 'failed' }],
  [['vault', 'protect'], { code: 'validation_error', fix: 'Set CLAWLINK_KEYRING_PASSPHRASE.' }],
])('with --json a failure is one JSON document on standard error: %j', async (args, problem) => {
  const { exitCode, stdout, stderr } = await begun.run([...args, '--json'])
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(JSON.parse(stderr)).toMatchObject({ detail: expect.any(String), fix: expect.any(String), ...problem })
})
