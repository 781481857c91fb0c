import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spawnCli } from '../kit/cli.ts'
import { rest, type TempHome, tempHome } from './temp-home.ts'

let home: TempHome
let server: Awaited<ReturnType<TempHome['start']>>
let sandboxPort: string
let key: string
let connection: string

beforeAll(async () => {
  home = tempHome()
  server = await home.start(['--sandbox', '--port', '0', '--sandbox-port', '0'])
  sandboxPort = new URL(server.sandbox?.url ?? '').port
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  home[Symbol.dispose]()
})

const apiKey = () => server.sandbox?.apiKey ?? ''
const atSandbox = () => ['--sandbox-port', sandboxPort]

describe('the first steps, each after the one before', () => {
  test('start makes the data folder and the key ring, apart from each other and for their owner only', () => {
    const data = join(home.path, '.local/share/clawlink')
    const ring = join(home.path, '.config/clawlink/keyring.json')
    expect(statSync(join(data, 'clawlink.sqlite')).isFile()).toBe(true)
    expect(relative(data, ring)).toMatch(/^\.\./)
    if (process.platform === 'win32') return
    expect(statSync(data).mode & 0o777).toBe(0o700)
    expect(statSync(ring).mode & 0o777).toBe(0o600)
    expect(statSync(join(home.path, '.config/clawlink')).mode & 0o777).toBe(0o700)
  })

  test('connections add takes the secret from standard input, tries it, and never shows it', async () => {
    const refused = await home.run(['connections', 'add', 'sandbox', ...atSandbox()], { input: 'sbx_wrong\n' })
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toContain('Sandbox refused this API key.')
    expect((await home.json(['connections', 'list'])).items).toEqual([])

    const added = await home.run(['connections', 'add', 'sandbox', ...atSandbox()], { input: `${apiKey()}\n` })
    expect(added).toMatchObject({ exitCode: 0, stderr: '' })
    const [, account, id] = /^Connected sandbox as (\S+@\S+) \((conn_\w+)\)\.$/m.exec(added.stdout) ?? []
    expect(account).toBeDefined()
    connection = id ?? ''
    for (const text of [refused.stderr, added.stdout]) expect(text).not.toMatch(/sbx_/)
  })

  test('keys create shows a key once; the list shows only its end', async () => {
    const made = await home.run(['keys', 'create', '--name', 'my-agent'])
    key = /^ {2}(cllk_live_[0-9a-f]{48})$/m.exec(made.stdout)?.[1] ?? ''
    expect(made.exitCode).toBe(0)
    expect(key).not.toBe('')
    const { stdout } = await home.run(['keys', 'list'])
    expect(stdout).toContain(`cllk_live_…${key.slice(-4)}`)
    expect(stdout).not.toContain(key)
  })

  test('the running server takes the key and uses the connection at once, over REST and MCP', async () => {
    const answer = await rest(server.url, key, '/tools/sandbox_whoami/calls', { arguments: {} })
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'succeeded', connection } })
    const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'me', version: '1' } }
    expect(await mcp('initialize', initialize)).toMatchObject({ result: { serverInfo: { name: 'clawlink' } } })
    const call = { name: 'clawlink_call_tool', arguments: { tool: 'sandbox_list_projects' } }
    expect(await mcp('tools/call', call)).toMatchObject({
      result: { structuredContent: { outcome: 'succeeded', data: expect.anything() } },
    })
  })

  test('tools search, describe, preview and call do on the command line what agents do', async () => {
    const found = await home.json(['tools', 'search', 'open', 'an', 'issue', '--provider', 'sandbox', '--limit', '3'])
    expect(found.items).toMatchObject([{ name: 'sandbox_create_issue', connected: true }, {}, {}])
    const table = await home.run(['tools', 'search', 'open', 'an', 'issue'])
    expect(table.stdout).toMatch(
      /^TOOL +EFFECT +CONNECTED +WHAT IT DOES\nsandbox_create_issue +write +yes +Open a new issue/,
    )

    const described = await home.run(['tools', 'describe', 'sandbox_create_issue'])
    expect(described.stdout).toMatch(/^project +string +required +Key of the project$/m)
    expect(described.stdout).toMatch(/^assignee +string\|null +/m)
    expect(described.stdout).toMatch(/^Accounts: \S+@\S+$/m)
    const takesNothing = await home.run(['tools', 'describe', 'sandbox_whoami'])
    expect(takesNothing.stdout).toContain('\n\nIt takes no arguments.\n\nAccounts: ')

    const args = ['sandbox_create_issue', '{"project":"website","title":"From the command line"}', ...atSandbox()]
    const preview = await home.run(['tools', 'preview', ...args])
    expect(JSON.parse(preview.stdout)).toMatchObject({
      request: {
        method: 'POST',
        url: `${server.sandbox?.url}/projects/website/issues`,
        headers: { authorization: 'Bearer •••' },
        body: { title: 'From the command line' },
      },
    })
    const called = await home.run(['tools', 'call', ...args])
    expect(called.exitCode).toBe(0)
    expect(JSON.parse(called.stdout)).toMatchObject({ outcome: 'succeeded', data: { title: 'From the command line' } })
  })

  test('a call that fails on the command line says what to do and which call it was, and exits with 1', async () => {
    const failed = await home.run(['tools', 'call', 'sandbox_create_issue', '{"title":"No project"}', ...atSandbox()])
    expect(failed).toMatchObject({ exitCode: 1, stdout: '' })
    expect(failed.stderr).toMatch(/^error: The arguments of sandbox_create_issue are not valid: missing: project\./)
    expect(failed.stderr).toMatch(/^Call: call_\w+ \(failed\)$/m)
    const misspelt = await home.run(['tools', 'call', 'sandbox_create_isue', '{}', ...atSandbox()])
    expect(misspelt.stderr).toContain('Did you mean sandbox_create_issue?')
  })

  test('the usage record shows an agent its own calls, from wherever they came', async () => {
    const { body } = await rest(server.url, key, '/usage')
    const calls = (body.items as { surface: string; tool: string; outcome: string }[]).map(
      ({ surface, tool, outcome }) => `${surface} ${tool} ${outcome}`,
    )
    expect(calls).toEqual(['mcp sandbox_list_projects succeeded', 'rest sandbox_whoami succeeded'])
  })

  test('doctor finds the server, the database, the key ring and the credential in order', async () => {
    const { port } = new URL(server.url)
    const { exitCode, stdout } = await home.run(['doctor', '--port', port])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^✓ A server of version \S+ answers at http:\/\/127\.0\.0\.1:\d+\.$/m)
    expect(stdout).toMatch(/^✓ The database \(sqlite\) opens/m)
    expect(stdout).toMatch(/^✓ 1 of 1 connections have a credential that opens\.$/m)
    expect(stdout).not.toMatch(/^[•✗]/m)
  })

  test('a removed connection is gone at once, and calls say how to connect again', async () => {
    const { stdout } = await home.run(['connections', 'remove', connection])
    expect(stdout).toBe(`Removed ${connection} and its credential.\n`)
    const answer = await rest(server.url, key, '/tools/sandbox_whoami/calls', { arguments: {} })
    expect(['not_connected', 'connection_not_found']).toContain(answer.body.code)
    expect((await home.json(['connections', 'list'])).items).toEqual([])
  })

  test('a revoked key is refused by the running server within a second', async () => {
    const listed = await home.json(['keys', 'list'])
    const [{ id }] = listed.items as [{ id: string }]
    expect((await rest(server.url, key, '/whoami')).status).toBe(200)
    const revoked = await home.run(['keys', 'revoke', id])
    expect(revoked.stdout).toBe(`Key ${id} is revoked.\n`)
    const revokedAt = performance.now()
    let sentAt = revokedAt
    while ((await rest(server.url, key, '/whoami')).status !== 401) {
      expect(sentAt - revokedAt, 'still accepted').toBeLessThan(1_000)
      sentAt = performance.now()
    }
    expect((await home.json(['keys', 'list'])).items).toMatchObject([{ id, state: 'revoked' }])
  })
})

test('a command that only looks makes nothing where there is no data, and says how to begin', async () => {
  using nowhere = tempHome()
  const data = join(nowhere.path, '.local/share/clawlink')
  const begin = 'Begin with `clawlink start`, or name the folder that has the data: --data <folder>.'
  for (const args of [
    ['keys', 'list'],
    ['calls', 'list'],
    ['tools', 'call', 'sandbox_whoami'],
    ['vault', 'rotate'],
  ]) {
    const { exitCode, stdout, stderr } = await nowhere.run(args)
    expect({ exitCode, stdout }, args.join(' ')).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toBe(`error: There is no ClawLink data in ${data} yet. (not_found)\n${begin}\n`)
  }
  const { findings } = await nowhere.json(['doctor'])
  expect(findings).toContainEqual({ state: 'note', what: `There is no ClawLink data in ${data} yet.`, fix: begin })
  const found = await nowhere.json(['tools', 'search', 'open', 'an', 'issue', '--limit', '1'])
  expect(found.items).toMatchObject([{ connected: false }])
  expect(readdirSync(nowhere.path)).toEqual([])
})

test('the welcome gives commands that work as they stand, for the settings that the server was started with', async () => {
  using other = tempHome()
  const data = join(other.path, 'with space')
  const ring = join(other.path, 'ring.json')
  const flags = ['--data', data, '--keyring-file', ring, '--sandbox', '--port', '0', '--sandbox-port', '0']
  await using running = spawnCli(['start', ...flags], { home: other.path })
  await running.until(/Ctrl-C stops it/)
  const { stdout } = running.said()
  const [, connect = ''] = /Or with its key +npx clawlink (.*)$/m.exec(stdout) ?? []
  const [, pair = ''] = /Or give it a key +npx clawlink (.*)$/m.exec(stdout) ?? []
  const [, mcpUrl = ''] = /claude mcp add --transport http --scope user clawlink (\S+)$/m.exec(stdout) ?? []
  const [, secret = ''] = /Its API key: (\S+)$/m.exec(stdout) ?? []
  const words = (line: string) =>
    [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

  const connected = await other.run(words(connect), { input: secret })
  expect(connected.stdout).toMatch(/^Connected sandbox as /)
  const signIn = await fetch(mcpUrl, { method: 'POST' })
  expect(signIn.headers.get('www-authenticate')).toContain('resource_metadata=')
  await using pairing = spawnCli(words(pair), { home: other.path })
  await expect
    .poll(() => pairing.said().stderr, { timeout: 15_000 })
    .toMatch(/Approve only if it shows this code: {2}\w{4}-\w{4}/)
  expect(pairing.said().stderr).toContain(`${new URL(mcpUrl).origin}/pair/`)
  expect(readFileSync(ring, 'utf8')).toContain('"active": 1')
  expect(stdout).not.toContain(JSON.parse(readFileSync(ring, 'utf8')).keys[1])
})

async function mcp(method: string, params: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${server.url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const text = await answer.text()
  return JSON.parse(text.startsWith('{') ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? '{}'))
}
