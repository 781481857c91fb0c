/** What a key sees is what it may use: its scope cuts every list. */
import { describe, expect, test } from 'vitest'
import type { Scope } from '../../src/accounts/scope.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { signIn } from '../kit/member.ts'
import { letter } from './tools.ts'

type Items = { items: Record<string, unknown>[] }

const itemsOf = ({ body }: { body: Record<string, unknown> }) => (body as Items).items // as documented
const as = (key: string) => ({ authorization: `Bearer ${key}` })

async function mcpCall(claw: TestClawLink, key: string, name: string, args: object) {
  const { body } = await claw.mcp('tools/call', { name, arguments: args }, as(key))
  return (body.result as { structuredContent: Items & { error?: { code: string } } }).structuredContent // of our tools
}

/** The names of all tools that a key sees, in each of the four ways to see them. */
async function seenTools(claw: TestClawLink, key: string): Promise<string[][]> {
  const rest = itemsOf(await claw.rest('GET', '/tools?provider=sandbox&limit=100', { key }))
  const search = await mcpCall(claw, key, 'clawlink_search_tools', { query: 'sandbox', provider: 'sandbox', limit: 50 })
  const listed = async (headers: Record<string, string>) => {
    const { text } = await claw.http({
      method: 'POST',
      path: '/mcp?provider=sandbox',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...as(key),
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
    })
    const json = text.startsWith('{') ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? '{}')
    const tools = (JSON.parse(json).result?.tools ?? []) as { name: string }[]
    return tools.filter(({ name }) => !['clawlink_get_call', 'clawlink_get_file'].includes(name)) // which every key sees
  }
  const short = await listed({})
  // A header that the short path leaves to the SDK.
  const bySdk = await listed({ 'mcp-method': 'tools/list' })
  return [rest, search.items, short, bySdk].map(list => list.map(({ name }) => String(name)).toSorted())
}

describe('of the tools', () => {
  test.each<[Scope, (effect: string, name: string) => boolean]>([
    [{ effects: ['read'] }, effect => effect === 'read'],
    [{ effects: ['read', 'write'] }, effect => effect !== 'destructive'],
    [{ tools: ['sandbox_whoami'] }, (_, name) => name === 'sandbox_whoami'],
    [{ tools: ['sandbox_send_message', 'sandbox_whoami'], effects: ['read'] }, (_, name) => name === 'sandbox_whoami'],
    [{ providers: ['github'] }, () => false],
    [{ effects: [] }, () => false],
    [{ manageConnections: true }, () => true],
  ])('a key of the scope %j sees what it may call', async (scope, sees) => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ scope })
    const all = claw.app.catalog.providers.get('sandbox')?.tools ?? []
    const expected = all.filter(({ effect, name }) => sees(effect, name)).map(({ name }) => name)
    const [rest, , short, bySdk] = await seenTools(claw, key)
    expect([rest, short, bySdk]).toEqual(Array(3).fill(expected.toSorted()))
    const found = await mcpCall(claw, key, 'clawlink_search_tools', { query: 'send message', limit: 50 })
    for (const { name, effect, provider } of found.items) {
      expect(provider !== 'sandbox' || sees(String(effect), String(name))).toBe(true)
    }
  })

  test('a key describes, previews and calls those of its scope alone', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ scope: { effects: ['read'] } })
    const ask = (method: string, path: string, body?: object) => claw.rest(method, `/tools/${path}`, { key, body })
    expect((await ask('GET', 'sandbox_whoami')).status).toBe(200)
    expect((await ask('POST', 'sandbox_whoami/calls', {})).status).toBe(200)
    const [connection] = await claw.rows('connections')
    const named = { providers: ['sandbox'], tools: ['sandbox_whoami'], connections: [String(connection?.id)] }
    const narrow = await claw.newKey({ scope: { ...named, effects: ['read'] } })
    expect((await claw.rest('POST', '/tools/sandbox_whoami/calls', { key: narrow, body: {} })).status).toBe(200)
    claw.sandbox.takeRequests()
    for (const answer of [
      await ask('GET', 'sandbox_send_message'),
      await ask('POST', 'sandbox_send_message/preview', { arguments: letter }),
      await ask('POST', 'sandbox_send_message/calls', { arguments: letter }),
    ])
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const { error } = await mcpCall(claw, key, 'clawlink_describe_tool', { tool: 'sandbox_send_message' })
    expect(error?.code).toBe('forbidden')
    expect(claw.sandbox.requests).toEqual([])
  })

  test('a key counts those of its scope in the list of providers, and sees no other provider', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ scope: { providers: ['sandbox'], tools: ['sandbox_whoami'] } })
    expect(itemsOf(await claw.rest('GET', '/providers', { key }))).toMatchObject([{ slug: 'sandbox', tools: 1 }])
  })
})

describe('of the connections', () => {
  /** Two accounts of one provider, and a key that may use the first. */
  async function twoAccounts(claw: TestClawLink) {
    const mine = await claw.connect({ label: 'mine' })
    const other = await claw.connect({ label: 'other', secret: claw.sandbox.accounts[1].apiKey, makeDefault: true })
    const scope = { connections: [mine.id], manageConnections: true }
    return { mine: mine.id, other: other.id, key: await claw.newKey({ scope }) }
  }

  test('a key sees those of its scope, everywhere', async () => {
    await using claw = await startClawLink({ connected: false })
    const { mine, other, key } = await twoAccounts(claw)
    const ids = (items: Record<string, unknown>[]) => items.map(({ id }) => id)
    expect(ids(itemsOf(await claw.rest('GET', '/connections', { key })))).toEqual([mine])
    expect(ids((await mcpCall(claw, key, 'clawlink_list_connections', {})).items)).toEqual([mine])
    const described = await claw.rest('GET', '/tools/sandbox_whoami', { key })
    expect(ids(described.body.connections as Record<string, unknown>[])).toEqual([mine])
    expect((await claw.rest('GET', `/connections/${mine}`, { key })).status).toBe(200)
    expect((await claw.rest('GET', `/connections/${other}`, { key })).status).toBe(404)
    expect((await claw.rest('DELETE', `/connections/${other}`, { key })).status).toBe(404)
    expect((await claw.rest('DELETE', '/connections/other', { key })).status).toBe(404)
    expect(await claw.rows('connections')).toHaveLength(2)
  })

  test('a key uses the one of its scope, whatever the default, and is told of no other', async () => {
    await using claw = await startClawLink({ connected: false })
    const { mine, other, key } = await twoAccounts(claw)
    const call = (body: object) => claw.rest('POST', '/tools/sandbox_whoami/calls', { key, body })
    expect((await call({})).body.connection).toBe(mine)
    const refused = await call({ connection: other })
    expect(refused).toMatchObject({ status: 404, body: { code: 'connection_not_found' } })
    expect(JSON.stringify(refused.body.choices)).not.toContain(other)
    const none = await claw.newKey({ scope: { connections: [] } })
    expect(await claw.rest('POST', '/tools/sandbox_whoami/calls', { key: none, body: {} })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    })
  })

  test('a key that may change them adds and removes those of its scope alone', async () => {
    await using claw = await startClawLink()
    const [row] = await claw.rows('connections')
    const body = { provider: 'sandbox', secret: claw.sandbox.accounts[1].apiKey, label: 'second' }
    const add = (key: string) => claw.rest('POST', '/connections', { key, body })
    const elsewhere = await claw.newKey({ scope: { providers: ['github'], manageConnections: true } })
    const named = await claw.newKey({ scope: { connections: [String(row?.id)], manageConnections: true } })
    for (const key of [elsewhere, named]) expect(await add(key)).toMatchObject({ status: 403 })
    expect((await claw.rest('DELETE', `/connections/${row?.id}`, { key: elsewhere })).status).toBe(404)
    expect(claw.sandbox.requests).toEqual([])
    const here = await claw.newKey({ scope: { providers: ['sandbox'], manageConnections: true } })
    expect((await add(here)).status).toBe(201)
    expect((await claw.rest('DELETE', `/connections/${row?.id}`, { key: named })).status).toBe(200)
  })

  test('a test key never sees a live one, nor a live key a test one, in any list', async () => {
    await using claw = await startClawLink({ connected: false })
    const live = await claw.connect({ label: 'live' })
    const forTests = await claw.connect({
      label: 'tests',
      environment: 'test',
      secret: claw.sandbox.accounts[1].apiKey,
    })
    for (const [environment, own] of [
      ['live', live.id],
      ['test', forTests.id],
    ] as const) {
      // Not even a scope that names both widens it.
      const key = await claw.newKey({ environment, scope: { connections: [live.id, forTests.id] } })
      const described = await claw.rest('GET', '/tools/sandbox_whoami', { key })
      const lists = [
        itemsOf(await claw.rest('GET', '/connections', { key })),
        (await mcpCall(claw, key, 'clawlink_list_connections', {})).items,
        described.body.connections as Record<string, unknown>[],
      ]
      expect(lists.map(list => list.map(({ id }) => id))).toEqual([[own], [own], [own]])
    }
  })
})

describe('of the calls', () => {
  test('a key sees its own agent’s alone, a member all', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ agent: 'other' })
    const sibling = await claw.newKey({ agent: 'other' })
    const theirs = String((await claw.call('sandbox_whoami')).body.callId)
    const own = String((await claw.rest('POST', '/tools/sandbox_whoami/calls', { key, body: {} })).body.callId)
    const seen = async (as: string) => itemsOf(await claw.rest('GET', '/usage', { key: as })).map(call => call.callId)
    expect([await seen(claw.key), await seen(key), await seen(sibling)]).toEqual([[theirs], [own], [own]])
    expect((await claw.rest('GET', `/calls/${theirs}`, { key })).status).toBe(404)
    expect((await claw.rest('GET', `/calls/${own}`, { key: sibling })).status).toBe(200)
    expect((await mcpCall(claw, key, 'clawlink_get_call', { callId: theirs })).error?.code).toBe('not_found')
    const ada = await signIn(claw, { name: 'Ada' })
    expect(itemsOf(await ada.rest('GET', '/usage')).map(call => call.callId)).toEqual([own, theirs])
  })
})

test('a key is told its scope', async () => {
  await using claw = await startClawLink()
  const scope: Scope = { effects: ['read'], providers: ['sandbox'] }
  const key = await claw.newKey({ scope })
  expect((await claw.rest('GET', '/whoami', { key })).body.scope).toEqual(scope)
  expect(await mcpCall(claw, key, 'clawlink_whoami', {})).toMatchObject({ scope })
})

test('a scope that cannot be read allows nothing', async () => {
  await using claw = await startClawLink()
  await claw.app.db.write(tx => tx.updateTable('keys').set({ scope: '{"providers":"all"' }).execute())
  claw.clock.move(1000)
  expect((await claw.call('sandbox_whoami')).status).toBe(403)
  expect(itemsOf(await claw.rest('GET', '/tools'))).toEqual([])
})
