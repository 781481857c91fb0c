/** Which keys are accepted, for what, and for how long. */
import { describe, expect, test } from 'vitest'
import { hashKey } from '../../src/accounts/key.ts'
import { beginHttp } from '../kit/begin-http.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { plainKey } from '../kit/plain-key.ts'
import { letter } from './tools.ts'

/** The answers of REST and MCP to this key, and what either would have sent. */
async function use(claw: TestClawLink, headers: Record<string, string>): Promise<number[]> {
  const rest = await claw.rest('POST', '/tools/sandbox_send_message/calls', {
    body: { arguments: letter },
    key: null,
    headers,
  })
  const mcp = await claw.http({
    method: 'POST',
    path: '/mcp',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  })
  return [rest.status, mcp.status]
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const accepted = [200, 200]
const refused = [401, 401]

describe('a key', () => {
  test('is accepted as a bearer token or in a header of our own', async () => {
    await using claw = await startClawLink()
    for (const headers of [
      bearer(claw.key),
      { authorization: `bearer ${claw.key}` },
      { authorization: `Bearer   ${claw.key} ` },
      { 'x-clawlink-api-key': claw.key },
      { authorization: 'Basic dXNlcjpwYXNz', 'x-clawlink-api-key': claw.key },
    ])
      expect(await use(claw, headers)).toEqual(accepted)
  })

  test('that is missing, malformed or unknown is refused everywhere, in one sentence for all reasons', async () => {
    await using claw = await startClawLink()
    const unknown = `cllk_live_${'0'.repeat(48)}`
    for (const headers of [
      {},
      bearer(''),
      bearer('nonsense'),
      bearer(unknown),
      bearer(claw.key.slice(0, -1)),
      bearer(`${claw.key}0`),
      bearer(claw.key.toUpperCase()),
      bearer(claw.key.replace('live', 'test')),
      bearer(`${claw.key}\u00e9`),
      { authorization: claw.key },
      { authorization: `Basic ${claw.key}` },
      { 'x-clawlink-api-key': unknown },
      { cookie: `key=${claw.key}` },
    ] as Record<string, string>[]) {
      expect([headers, await use(claw, headers)]).toEqual([headers, refused])
    }
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('usage')).toEqual([])
    const told = await Promise.all(
      [unknown, 'nonsense', claw.sandbox.apiKey].map(key => claw.rest('GET', '/whoami', { key })),
    )
    expect(new Set(told.map(({ text }) => text)).size).toBe(1)
    expect(told[0]?.headers.get('www-authenticate')).toBe('Bearer realm="clawlink"')
  })

  test('in the query of a URL is no key', async () => {
    await using claw = await startClawLink()
    for (const name of ['key', 'api_key', 'access_token', 'token']) {
      expect((await claw.rest('GET', `/whoami?${name}=${claw.key}`, { key: null })).status).toBe(401)
    }
  })

  test('is needed by every route that is not documented as open', async () => {
    await using claw = await startClawLink()
    const { text } = await claw.http({ method: 'GET', path: '/api/openapi.json' })
    const document = JSON.parse(text) as { paths: Record<string, Record<string, { security?: object[] }>> } // OpenAPI 3.1
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { security }] of Object.entries(methods)) {
        if (security?.length === 0) continue
        const asked = path.replace('{name}', 'sandbox_whoami').replace(/\{\w+\}/, 'x')
        const body = method === 'get' || method === 'delete' ? undefined : {}
        const { status } = await claw.rest(method.toUpperCase(), asked, { key: null, body })
        // A person's own pages may also say that the request came from no page of ours.
        expect([method, path, status === 401 || status === 403]).toEqual([method, path, true])
      }
    }
    expect(claw.sandbox.requests).toEqual([])
  })

  test('that expires is refused from that millisecond on', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ expiresInMs: 60_000 })
    expect(await use(claw, bearer(key))).toEqual(accepted)
    claw.clock.move(59_999)
    expect(await use(claw, bearer(key))).toEqual(accepted)
    claw.clock.move(1)
    expect(await use(claw, bearer(key))).toEqual(refused)
    expect(claw.sandbox.requests).toHaveLength(2)
  })

  test('that another process revokes is refused within a second, everywhere', async () => {
    await using claw = await startClawLink()
    expect(await use(claw, bearer(claw.key))).toEqual(accepted)
    const other = await claw.otherProcess()
    await other.write(tx =>
      tx.updateTable('keys').set({ revoked_at: claw.clock.now() }).where('hash', '=', hashKey(claw.key)).execute(),
    )
    claw.clock.move(1000)
    expect(await use(claw, bearer(claw.key))).toEqual(refused)
    expect(claw.sandbox.requests).toHaveLength(1)
    expect(await claw.rows('usage')).toHaveLength(1)
  })

  test('that is revoked while the body of a request is on its way gets nothing done by it', async () => {
    await using claw = await startClawLink()
    const body = (value: unknown) => JSON.stringify(value)
    const { body: me } = await claw.rest('PUT', '/relay/agents/me', { body: {} })
    // What is loaded by the first request for it is loaded now.
    await claw.http({ method: 'POST', path: '/mcp', headers: bearer(claw.key), body: '{}' })
    await claw.http({ method: 'POST', path: `/a2a/${me.id}`, headers: bearer(claw.key), body: '{}' })
    const mcp = { name: 'clawlink_call_tool', arguments: { tool: 'sandbox_send_message', arguments: letter } }
    const message = { messageId: 'late', role: 'ROLE_USER', parts: [{ text: 'late' }] }
    const all = [
      ['POST', '/api/v1/tools/sandbox_send_message/calls', body({ arguments: letter })],
      ['POST', '/mcp', body({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: mcp })],
      ['POST', '/api/v1/connect-sessions', body({ provider: 'sandbox' })],
      ['POST', '/api/v1/files', 'late'],
      ['PUT', '/api/v1/relay/files/late.txt', 'late'],
      ['POST', `/a2a/${me.id}/message:send`, body({ message, configuration: { returnImmediately: true } })],
      ['POST', '/register', body({ name: 'late' })],
    ] as const
    const headers = { ...bearer(claw.key), accept: 'application/json, text/event-stream' }
    const begun = await Promise.all(
      all.map(([method, path, text]) => beginHttp(claw.url, { method, path, headers, body: text })),
    )
    const other = await claw.otherProcess()
    await other.write(tx => tx.updateTable('keys').set({ revoked_at: claw.clock.now() }).execute())
    claw.clock.move(1000)
    expect(await Promise.all(begun.map(({ finish }) => finish()))).toEqual(all.map(() => 401))
    expect(claw.sandbox.requests).toEqual([])
    for (const table of ['connect_sessions', 'files', 'relay_tasks'] as const)
      expect([table, await other.read.selectFrom(table).select('workspace_id').execute()]).toEqual([table, []])
  })

  test('that another process makes is accepted at once, also after it was refused', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey()
    const other = await claw.otherProcess()
    await other.write(tx => tx.deleteFrom('keys').where('hash', '=', hashKey(key)).execute())
    expect(await use(claw, bearer(key))).toEqual(refused)
    const row = (await claw.rows('keys'))[0]
    await other.write(tx =>
      tx
        .insertInto('keys')
        .values({
          id: 'key_restored',
          workspace_id: claw.app.workspaceId,
          agent_id: String(row?.agent_id),
          environment: 'live',
          hash: hashKey(key),
          last_four: key.slice(-4),
          created_at: claw.clock.now(),
          expires_at: null,
          revoked_at: null,
          ...plainKey,
        })
        .execute(),
    )
    expect(await use(claw, bearer(key))).toEqual(accepted)
  })

  test('tells who it is', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ agent: 'helper', environment: 'test' })
    const { body } = await claw.rest('GET', '/whoami', { key })
    expect(body).toMatchObject({
      workspace: { id: claw.app.workspaceId },
      agent: { name: 'helper' },
      environment: 'test',
    })
  })
})

describe('a test key', () => {
  test('cannot use, see or remove a live connection, by any name for it', async () => {
    await using claw = await startClawLink()
    const live = (await claw.rows('connections'))[0]
    const key = await claw.newKey({ environment: 'test' })
    const call = (connection?: string) =>
      claw.rest('POST', '/tools/sandbox_send_message/calls', {
        key,
        body: { arguments: letter, ...(connection && { connection }) },
      })
    expect(await call()).toMatchObject({ status: 409, body: { code: 'not_connected' } })
    for (const name of [String(live?.id), String(live?.label)]) {
      expect(await call(name)).toMatchObject({ status: 404, body: { code: 'connection_not_found' } })
      const path = `/connections/${encodeURIComponent(name)}`
      expect(await claw.rest('GET', path, { key })).toMatchObject({ status: 404 })
      expect(await claw.rest('DELETE', path, { key })).toMatchObject({ status: 404 })
    }
    expect((await claw.rest('GET', '/connections', { key })).body).toEqual({ items: [], next: null })
    expect((await claw.rest('GET', '/tools/sandbox_whoami', { key })).body.connections).toEqual([])
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('connections')).toEqual([live])
    expect((await claw.rows('usage')).map(({ environment }) => environment)).toEqual(['test', 'test', 'test'])
  })

  test('uses test connections, and a live key does not', async () => {
    await using claw = await startClawLink({ connected: false })
    await claw.connect({ environment: 'test' })
    const key = await claw.newKey({ environment: 'test' })
    const call = (as: string) => claw.rest('POST', '/tools/sandbox_whoami/calls', { key: as, body: {} })
    expect((await call(key)).status).toBe(200)
    expect((await call(claw.key)).body.code).toBe('not_connected')
  })

  test('connects test accounts', async () => {
    await using claw = await startClawLink({ connected: false })
    const key = await claw.newKey({ environment: 'test' })
    const body = { provider: 'sandbox', secret: claw.sandbox.apiKey }
    expect(await claw.rest('POST', '/connections', { key, body })).toMatchObject({
      status: 201,
      body: { environment: 'test' },
    })
  })
})
