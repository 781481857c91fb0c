/** Connecting as agents see it over MCP: a link for the person, and how that stands. */
import { describe, expect, test } from 'vitest'
import { meta } from '../../src/http/mcp/protocol.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { askForLink, comeBack, connectByOAuth, decide, type Json, onPage, toProvider } from '../kit/connecting.ts'
import { modern } from '../kit/mcp-messages.ts'
import { mcpWire, messagesOf } from '../kit/mcp-wire.ts'
import { type Person, signUp } from '../kit/person.ts'
import { account } from './tools.ts'

async function start(): Promise<TestClawLink & { ada: Person }> {
  const claw = await startClawLink({ connected: false })
  return { ...claw, ada: await signUp(claw) }
}

/** One call as a client of 2025-11-25 makes it: what a model reads. */
async function call(claw: TestClawLink, name: string, args: Json, key?: string): Promise<Json> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const { body } = await claw.mcp('tools/call', { name, arguments: args }, headers)
  return Object(body.result).structuredContent
}

const startConnection = (claw: TestClawLink, args: Json = {}, key?: string) =>
  call(claw, 'clawlink_start_connection', { provider: 'sandbox', ...args }, key)
const getConnection = (claw: TestClawLink, args: Json, key?: string) => call(claw, 'clawlink_get_connection', args, key)

describe('an agent', () => {
  test('gets a link to show, hears of the connection while it waits, and can call then', async () => {
    await using claw = await start()
    const whoami = () => call(claw, 'clawlink_call_tool', { tool: 'sandbox_whoami', arguments: {} })
    expect(await whoami()).toMatchObject({ error: { code: 'not_connected' } })
    const begun = await startConnection(claw)
    const id = String(begun.session_id)
    expect(begun).toEqual({
      session_id: expect.stringMatching(/^csess_/),
      status: 'awaiting_user',
      provider: 'sandbox',
      connect_url: `${claw.url}/connect/${id}`,
      expires_at: new Date(claw.clock.now() + 30 * 60_000).toISOString(),
      fix: expect.stringContaining('clawlink_get_connection'),
    })
    expect(await getConnection(claw, { id })).toEqual(begun)

    const back = await decide(await toProvider(claw.ada, id))
    const waiting = getConnection(claw, { id, wait: 60 })
    await comeBack(claw, back, claw.ada.cookie)
    const done = await waiting
    expect(done).toMatchObject({ session_id: id, status: 'connected', connection: { account: { id: account.id } } })
    expect(done).not.toHaveProperty('connect_url')
    expect(await whoami()).toMatchObject({ outcome: 'succeeded', data: { email: account.email } })
  })

  test('reconnects an account by its id or label, and reads how it stands', async () => {
    await using claw = await start()
    const { id } = await claw.connect({ label: 'work' })
    const begun = await startConnection(claw, { connection: 'work' })
    await connectByOAuth(claw, claw.ada, String(begun.session_id))
    expect(await getConnection(claw, { id })).toMatchObject({ id, label: 'work', state: 'healthy' })
    expect(await getConnection(claw, { id: 'conn_none' })).toMatchObject({ error: { code: 'connection_not_found' } })
  })

  test('is told what became of a link that came to nothing', async () => {
    await using claw = await start()
    const [denied, failed, late] = [await askForLink(claw), await askForLink(claw), await askForLink(claw)]
    await onPage(claw.ada, denied, 'open')
    await onPage(claw.ada, denied, 'deny')
    expect(await getConnection(claw, { id: denied })).toMatchObject({
      status: 'denied',
      fix: expect.stringContaining('Do not ask again'),
    })
    await connectByOAuth(claw, claw.ada, failed, { deny: true })
    expect(await getConnection(claw, { id: failed })).toMatchObject({
      status: 'awaiting_user',
      problem: { code: 'permission_denied' },
    })
    claw.clock.move(30 * 60_000)
    expect(await getConnection(claw, { id: late })).toMatchObject({ status: 'expired' })
    expect(await getConnection(claw, { id: failed })).toMatchObject({ status: 'failed' })
  })

  test('sees no session of another agent, and asks for nothing beyond its scope', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const other = await claw.newKey({ agent: 'another', scope: { providers: ['github'] } })
    expect(await getConnection(claw, { id }, other)).toMatchObject({ error: { code: 'not_found' } })
    expect(await startConnection(claw, {}, other)).toMatchObject({ error: { code: 'forbidden' } })
    expect(await startConnection(claw, { provider: 'none' })).toMatchObject({ error: { code: 'provider_not_found' } })
    expect(await startConnection(claw, { scopes: ['a b'] })).toMatchObject({ error: { code: 'validation_error' } })
  })
})

describe('a client that can show a person a link in the middle of a call', () => {
  const links = { elicitation: { url: {} } }
  const tasks = { extensions: { 'io.modelcontextprotocol/tasks': {} } }
  const begin = { name: 'clawlink_start_connection', arguments: { provider: 'sandbox' } }

  async function ask(claw: TestClawLink, params: Json, capabilities: Json, key = claw.key): Promise<Json> {
    const { headers, body } = modern('tools/call', params, {}, { [meta.clientCapabilities]: capabilities })
    const { send } = mcpWire(claw)
    const { text } = await send({
      method: 'POST',
      path: '/mcp',
      headers: { ...headers, authorization: `Bearer ${key}` },
      body,
    })
    return messagesOf(text)[0] as Json // JSON-RPC 2.0
  }
  const only = async (claw: TestClawLink) =>
    String((await claw.app.db.read.selectFrom('connect_sessions').select('id').executeTakeFirstOrThrow()).id)

  test('does, comes back, and gets the connection', async () => {
    await using claw = await start()
    const { result } = await ask(claw, begin, links)
    const id = await only(claw)
    expect(result).toMatchObject({
      resultType: 'input_required',
      inputRequests: {
        connection: { method: 'elicitation/create', params: { mode: 'url', url: `${claw.url}/connect/${id}` } },
      },
      requestState: expect.any(String),
    })
    const { requestState } = Object(result)
    const again = { ...begin, requestState, inputResponses: { connection: { action: 'accept' } } }
    await connectByOAuth(claw, claw.ada, id)
    expect(await ask(claw, again, links)).toMatchObject({
      result: {
        structuredContent: { session_id: id, status: 'connected', connection: { id: expect.stringMatching(/^conn_/) } },
      },
    })
    const other = await claw.newKey({ agent: 'another' })
    expect(await ask(claw, again, links, other)).toMatchObject({ error: { code: -32602 } })
  })

  test('is told how it stands when the person does not want to', async () => {
    await using claw = await start()
    const { requestState } = Object((await ask(claw, begin, links)).result)
    const again = { ...begin, requestState, inputResponses: { connection: { action: 'decline' } } }
    expect(await ask(claw, again, links)).toMatchObject({
      result: { structuredContent: { session_id: await only(claw), status: 'awaiting_user' } },
    })
    expect(await claw.app.db.read.selectFrom('connect_sessions').select('id').execute()).toHaveLength(1)
  })

  test('gets the plain answer when it knows tasks alone: a connect link is none', async () => {
    await using claw = await start()
    const { result } = await ask(claw, begin, tasks)
    expect(result).toMatchObject({ resultType: 'complete', structuredContent: { session_id: await only(claw) } })
  })
})
