import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { rest, type TempHome, tempHome } from './temp-home.ts'

let home: TempHome
let sandbox: Sandbox
let args: string[]
let key: string

beforeAll(async () => {
  home = tempHome()
  sandbox = await startSandbox({ now: Date.now })
  const place = ['--base-urls', `sandbox=${sandbox.url}`]
  args = ['--port', '0', ...place]
  await home.json(['connections', 'add', 'sandbox', ...place], { input: sandbox.apiKey })
  key = String((await home.json(['keys', 'create', '--name', 'tester'])).key)
})
beforeEach(() => void sandbox.takeRequests())
afterAll(async () => {
  await sandbox.stop()
  home[Symbol.dispose]()
})

const call = (url: string, title: string) =>
  rest(url, key, '/tools/sandbox_create_issue/calls', { arguments: { project: 'website', title } })

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', signal => {
  test('ends the server with 0 as soon as the running calls have their answers, and another one can start', async () => {
    // Longer than this test may take: it does not wait for it.
    await using server = await home.start([...args, '--stop-grace-ms', '120000'])
    sandbox.script({ kind: 'slow', ms: 300 })
    const calling = call(server.url, signal)
    await sandbox.received(1)
    server.signal(signal)
    expect(await calling).toMatchObject({ status: 200, body: { outcome: 'succeeded', data: { title: signal } } })
    expect(await server.ended).toBe(0)
    expect(server.said().stderr).toBe('')

    await using next = await home.start(args)
    expect(await rest(next.url, key, '/usage?limit=1')).toMatchObject({
      body: { items: [{ tool: 'sandbox_create_issue', outcome: 'succeeded' }] },
    })
  })
})

test('a call that does not end in time does not keep the server, and stands in the record as unknown', async () => {
  await using server = await home.start([...args, '--stop-grace-ms', '200'])
  sandbox.script({ kind: 'hang' })
  const calling = call(server.url, 'never answered').catch(() => 'broke off')
  await sandbox.received(1)
  server.signal('SIGTERM')
  expect(await calling).toBe('broke off')
  expect(await server.ended).toBe(0)
  await using next = await home.start(args)
  expect(await rest(next.url, key, '/usage?limit=1')).toMatchObject({
    body: { items: [{ tool: 'sandbox_create_issue', outcome: 'unknown', code: 'outcome_unknown' }] },
  })
})

test('a second server on the same data is refused and told who has it; when that one is killed, it starts', async () => {
  await using first = await home.start(args)
  const refused = await home.run(['start', ...args])
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toBe(
    `error: ClawLink is running on this data folder already (process ${first.pid} at ${first.url}). (conflict)\n` +
      'Use that one, stop it first, or give --data another folder. For several processes at once, use PostgreSQL (CLAWLINK_DATABASE_URL).\n',
  )
  expect((await rest(first.url, key, '/whoami')).status).toBe(200)
  first.signal('SIGKILL')
  expect(await first.ended).toBe(null)
  await using second = await home.start(args)
  expect((await rest(second.url, key, '/whoami')).status).toBe(200)
})

test('a port that another program uses is named, with the flag that chooses another one, and nothing is left behind', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise(listening => other.once('listening', listening))
  const { port } = other.address() as AddressInfo // a TCP server that listens has one
  const refused = await home.run(['start', '--port', String(port)])
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toBe(
    `error: Port ${port} is in use by another program. (conflict)\nStop that program, or choose another port: --port <port>.\n`,
  )
  const sandboxRefused = await home.run(['start', '--port', '0', '--sandbox', '--sandbox-port', String(port)])
  expect(sandboxRefused.stderr).toContain('--sandbox-port <port>')
  other.close()
  await using server = await home.start(args)
  expect((await rest(server.url, key, '/whoami')).status).toBe(200)
})
