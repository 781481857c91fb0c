/** Two workspaces in one database: neither sees, uses or changes what belongs to the other. */
import { describe, expect, test } from 'vitest'
import { type PermissionName, permissions } from '../../src/accounts/permissions.ts'
import { revokeKey } from '../../src/accounts/revoke-key.ts'
import { Fault } from '../../src/core/errors.ts'
import type { May } from '../../src/http/require-principal.ts'
import { restRoutes } from '../../src/http/rest/routes.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { type OtherWorkspace, otherWorkspace } from '../kit/other-workspace.ts'
import { account, letter, otherAccount } from './tools.ts'

/** Everything of the other workspace that has a name. */
type Theirs = OtherWorkspace & {
  callId: string
  sessionId: string
  fileId: string
  messageId: string
  taskId: string
}

async function theirsIn(claw: TestClawLink): Promise<Theirs> {
  const other = await otherWorkspace(claw)
  const { body } = await claw.rest('POST', '/tools/sandbox_whoami/calls', { key: other.key, body: {} })
  expect(body.account).toBe(otherAccount.email)
  const asked = await claw.rest('POST', '/connect-sessions', { key: other.key, body: { provider: 'sandbox' } })
  const made = await claw.rest('POST', '/files', { key: other.key, raw: 'theirs' })
  await claw.rest('PUT', '/relay/files/theirs.txt', { key: other.key, raw: 'theirs' })
  const me = await claw.rest('PUT', '/relay/agents/me', { key: other.key, body: {} })
  const to = String(me.body.id)
  const sent = await claw.rest('POST', '/relay/messages', {
    key: other.key,
    body: { to, body: 'theirs', thread: 'theirs' },
  })
  const given = await claw.rest('POST', '/relay/tasks', { key: other.key, body: { to, task: 'theirs' } })
  claw.sandbox.takeRequests()
  return {
    ...other,
    callId: String(body.callId),
    sessionId: String(asked.body.id),
    fileId: String(made.body.file),
    messageId: String(sent.body.id),
    taskId: String(given.body.id),
  }
}

/** Each route that takes an id or a name, asked for what is theirs. */
const sweep: Record<string, (claw: TestClawLink, theirs: Theirs) => ReturnType<TestClawLink['rest']>[]> = {
  'get /connections/{id}': (claw, { connectionId, label }) =>
    [connectionId, label].map(id => claw.rest('GET', `/connections/${id}`)),
  'delete /connections/{id}': (claw, { connectionId, label }) =>
    [connectionId, label].map(id => claw.rest('DELETE', `/connections/${id}`)),
  'patch /connections/{id}': (claw, { connectionId, label }) =>
    [connectionId, label].map(id => claw.rest('PATCH', `/connections/${id}`, { body: { label: 'taken over' } })),
  'post /connections/{id}/check': (claw, { connectionId, label }) =>
    [connectionId, label].map(id => claw.rest('POST', `/connections/${id}/check`)),
  'get /connect-sessions/{id}': (claw, { sessionId }) => [claw.rest('GET', `/connect-sessions/${sessionId}`)],
  'get /calls/{id}': (claw, { callId }) => [claw.rest('GET', `/calls/${callId}`)],
  'get /calls/{id}/events': (claw, { callId }) => [claw.rest('GET', `/calls/${callId}/events`)],
  'post /calls/{id}/cancel': (claw, { callId }) => [claw.rest('POST', `/calls/${callId}/cancel`)],
  'post /tools/{name}/calls': (claw, { connectionId, label }) =>
    [connectionId, label].map(connection => claw.call('sandbox_send_message', letter, { connection })),
  'post /tools/{name}/preview': (claw, { connectionId, label }) =>
    [connectionId, label].map(connection =>
      claw.rest('POST', '/tools/sandbox_send_message/preview', { body: { arguments: letter, connection } }),
    ),
  'get /files/{id}': (claw, { fileId }) => [claw.rest('GET', `/files/${fileId}`)],
  'delete /files/{id}': (claw, { fileId }) => [claw.rest('DELETE', `/files/${fileId}`)],
  'get /relay/files/{key}': claw => [claw.rest('GET', '/relay/files/theirs.txt')],
  'delete /relay/files/{key}': claw => [claw.rest('DELETE', '/relay/files/theirs.txt')],
  'get /relay/file-history/{key}': claw => [claw.rest('GET', '/relay/file-history/theirs.txt')],
  'post /relay/file-restore/{key}': claw => [
    claw.rest('POST', '/relay/file-restore/theirs.txt', { body: { version: 1 } }),
  ],
  // Make something of that name in the workspace of who asks; test/scenarios/relay-files.test.ts has that it is another thing.
  'put /relay/files/{key}': () => [],
  'post /relay/file-lease/{key}': () => [],
  'delete /relay/file-lease/{key}': () => [],
  'get /relay/threads/{thread}': () => [], // test/scenarios/relay.test.ts has that a thread of that name is another one
  'get /relay/tasks/{id}': (claw, { taskId }) => [claw.rest('GET', `/relay/tasks/${taskId}`)],
  ...Object.fromEntries(
    Object.entries({
      accept: {},
      progress: {},
      ask: { question: 'Why?' },
      answer: { answer: 'taken over' },
      complete: {},
      fail: { reason: 'taken over' },
      reject: {},
      cancel: {},
    }).map(([step, body]) => [
      `post /relay/tasks/{id}/${step}`,
      (claw: TestClawLink, { taskId }: Theirs) => [claw.rest('POST', `/relay/tasks/${taskId}/${step}`, { body })],
    ]),
  ),
  ...Object.fromEntries(
    ['ack', 'extend', 'release'].map(step => [
      `post /relay/inbox/{id}/${step}`,
      (claw: TestClawLink, { messageId }: Theirs) => [
        claw.rest('POST', `/relay/inbox/${messageId}/${step}`, { body: { lease: 'lease_made_up' } }),
      ],
    ]),
  ),
  // Names a tool, which belongs to nobody.
  'get /tools/{name}': () => [],
  'get /providers/{slug}': () => [],
  // Names a topic of the workspace of who asks; test/scenarios/relay-broadcasts.test.ts has what comes of the same name elsewhere.
  'put /relay/subscriptions/{topic}': () => [],
  'delete /relay/subscriptions/{topic}': () => [],
}

describe('what belongs to another workspace', () => {
  test.each(Object.entries(sweep))('is not found by %s', async (_, asking) => {
    await using claw = await startClawLink()
    const theirs = await theirsIn(claw)
    const before = [await claw.rows('connections'), await claw.rows('credentials')]
    for (const answer of await Promise.all(asking(claw, theirs))) {
      expect(answer.status).toBe(404)
      expect(answer.text).not.toContain(otherAccount.email)
      expect(answer.text).not.toContain(theirs.workspaceId)
    }
    expect(claw.sandbox.requests).toEqual([])
    expect([await claw.rows('connections'), await claw.rows('credentials')]).toEqual(before)
  })

  test('is asked for at every route that takes an id or a name from a key', () => {
    const forKeys = (may: May) => may in permissions && permissions[may as PermissionName].keys !== false // it is in it
    const named = restRoutes
      .filter(({ path, may }) => path.includes('{') && forKeys(may))
      .map(({ method, path }) => `${method} ${path}`)
    expect(Object.keys(sweep).toSorted()).toEqual(named.toSorted())
  })

  test('is not found over MCP', async () => {
    await using claw = await startClawLink()
    const { connectionId, label, callId, sessionId, fileId } = await theirsIn(claw)
    for (const [name, args] of [
      ['clawlink_get_call', { callId }],
      ['clawlink_get_file', { file: fileId }],
      ['clawlink_get_connection', { id: connectionId }],
      ['clawlink_get_connection', { id: sessionId }],
      ['clawlink_start_connection', { provider: 'sandbox', connection: connectionId }],
      ['clawlink_call_tool', { tool: 'sandbox_whoami', connection: connectionId }],
      ['clawlink_call_tool', { tool: 'sandbox_whoami', connection: label }],
      ['clawlink_preview_tool', { tool: 'sandbox_whoami', connection: connectionId }],
    ] as const) {
      const { body } = await claw.mcp('tools/call', { name, arguments: args })
      expect(body.result).toMatchObject({
        isError: true,
        structuredContent: { error: { code: expect.stringMatching(/not_found$/) } },
      })
      expect(JSON.stringify(body)).not.toContain(otherAccount.email)
    }
    expect(claw.sandbox.requests).toEqual([])
  })

  test('is in no list', async () => {
    await using claw = await startClawLink()
    const theirs = await theirsIn(claw)
    await claw.call('sandbox_whoami')
    const lists = await Promise.all([
      claw.rest('GET', '/usage'),
      claw.rest('GET', `/usage?next=${theirs.callId}`),
      claw.rest('GET', '/usage?next=~'),
      claw.rest('GET', '/connections'),
      claw.rest('GET', '/tools?q=whoami'),
      claw.rest('GET', '/tools/sandbox_whoami'),
      claw.mcp('tools/call', { name: 'clawlink_list_connections', arguments: {} }),
    ])
    for (const { body } of lists) {
      for (const hidden of [theirs.connectionId, theirs.callId, theirs.label, otherAccount.email]) {
        expect(JSON.stringify(body)).not.toContain(hidden)
      }
    }
    const { body } = await claw.rest('GET', '/usage')
    expect(body.items).toHaveLength(1)
  })
})

test('a tool is called with the account of the caller’s own workspace, also when both call at once', async () => {
  await using claw = await startClawLink()
  const theirs = await theirsIn(claw)
  const keys = Array.from({ length: 20 }, (_, i) => (i % 2 ? claw.key : theirs.key))
  const answers = await Promise.all(
    keys.map(key => claw.rest('POST', '/tools/sandbox_whoami/calls', { key, body: {} })),
  )
  expect(answers.map(({ body }) => Object(body.data).email)).toEqual(
    keys.map(key => (key === claw.key ? account.email : otherAccount.email)),
  )
})

test('a workspace without a connection is not connected, however many others are', async () => {
  await using claw = await startClawLink({ connected: false })
  await otherWorkspace(claw)
  expect(await claw.call('sandbox_whoami')).toMatchObject({ status: 409, body: { code: 'not_connected' } })
  const { body } = await claw.rest('GET', '/tools?q=whoami&provider=sandbox')
  expect(body.items).toMatchObject([{ connected: false }])
})

test('the same label may be used in two workspaces, and a default is one of its own workspace alone', async () => {
  await using claw = await startClawLink({ connected: false })
  await otherWorkspace(claw)
  await claw.connect({ label: 'theirs', makeDefault: true })
  const rows = await claw.rows('connections')
  expect(rows.map(({ label }) => label)).toEqual(['theirs', 'theirs'])
  expect((await claw.call('sandbox_whoami')).body.account).toBe(account.email)
})

test('a provider that fails for one workspace is not held back for the other', async () => {
  await using claw = await startClawLink()
  const theirs = await theirsIn(claw)
  claw.sandbox.script({ kind: 'status', status: 500, times: 5 })
  for (let i = 0; i < 5; i++) await claw.call('sandbox_whoami')
  expect((await claw.call('sandbox_whoami')).body.code).toBe('circuit_open')
  const answer = await claw.rest('POST', '/tools/sandbox_whoami/calls', { key: theirs.key, body: {} })
  expect(answer.status).toBe(200)
})

test('a key can be revoked by its own workspace alone', async () => {
  await using claw = await startClawLink()
  const theirs = await theirsIn(claw)
  const row = (await claw.rows('keys')).find(({ workspace_id }) => workspace_id === theirs.workspaceId)
  const refused = await revokeKey(claw.app.db, claw.clock.now(), {
    workspaceId: claw.app.workspaceId,
    id: String(row?.id),
  })
  expect(refused).toBeInstanceOf(Fault)
  claw.clock.move(1000)
  expect((await claw.rest('GET', '/whoami', { key: theirs.key })).status).toBe(200)
})
