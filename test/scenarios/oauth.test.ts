/** What an OAuth client gets, what it is in ClawLink, and what ends it. */
import { expect, test } from 'vitest'
import { sweepRecords } from '../../src/accounts/grants/sweep-records.ts'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import {
  approve,
  authorize,
  exchange,
  letIn,
  mcpStatus,
  openClawRegistration,
  postForm,
  refresh,
  register,
} from '../kit/oauth-client.ts'
import { startTwins } from '../kit/twins.ts'

const grantsOf = async (claw: TestClawLink) => (await claw.rows('keys')).filter(({ kind }) => kind === 'oauth')
const agentsOf = ({ app }: TestClawLink) => app.db.read.selectFrom('agents').selectAll().orderBy('id').execute()
const recordsOf = ({ app }: TestClawLink) => app.db.read.selectFrom('oauth_records').selectAll().execute()
const listed = async (claw: TestClawLink, token: unknown) =>
  claw.mcp(
    'tools/call',
    { name: 'clawlink_call_tool', arguments: { tool: 'sandbox_list_projects' } },
    {
      authorization: `Bearer ${token}`,
    },
  )

test('a client that a person let in is an agent of that name, and acts with what the person chose', async () => {
  await using claw = await startClawLink()
  const browser = await openBrowser(claw)
  const terms = { environment: 'live', scope: { effects: ['read'] }, expiresInDays: 7 }
  const { tokens, attempt } = await letIn(claw, browser, { terms })

  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'mcp' })
  expect(attempt.answer.location).toBe(`${claw.url}/consent/${attempt.uid}`)
  const [grant] = await grantsOf(claw)
  expect(grant).toMatchObject({
    kind: 'oauth',
    hash: `oauth:${grant?.id}`,
    environment: 'live',
    scope: JSON.stringify({ effects: ['read'] }),
    created_by: browser.personId,
    expires_at: claw.clock.now() + 7 * 24 * 60 * 60 * 1000,
  })
  expect((await agentsOf(claw)).find(({ id }) => id === grant?.agent_id)).toMatchObject({ name: 'OpenClaw MCP' })

  const read = await listed(claw, tokens.access_token)
  expect(JSON.stringify(read.body)).toContain('succeeded')
  const [usage] = await claw.rows('usage')
  expect(usage).toMatchObject({ key_id: grant?.id, surface: 'mcp', outcome: 'succeeded' })
  const written = await claw.mcp(
    'tools/call',
    {
      name: 'clawlink_call_tool',
      arguments: { tool: 'sandbox_create_issue', arguments: { project: 'website', title: 'x' } },
    },
    { authorization: `Bearer ${tokens.access_token}` },
  )
  expect(written.body.result).toMatchObject({ isError: true })
  const audit = await claw.app.db.read.selectFrom('audit').selectAll().where('action', '=', 'grant.made').execute()
  expect(audit).toMatchObject([{ actor_id: browser.personId, target: grant?.id }])
})

test('the tokens of a grant work at the MCP endpoint and nowhere else', async () => {
  await using claw = await startClawLink()
  const { tokens } = await letIn(claw, await openBrowser(claw))
  expect(await mcpStatus(claw, tokens.access_token)).toBe(200)
  for (const path of ['/tools', '/connections', '/me'])
    expect((await claw.rest('GET', path, { key: String(tokens.access_token) })).status, path).toBe(401)
  expect(await mcpStatus(claw, tokens.refresh_token)).toBe(401)
})

test('revoking the grant ends every token of it within a second, in every process, and no refresh brings one back', async () => {
  await using twins = await startTwins()
  const { claw, otherUrl } = twins
  const browser = await openBrowser(claw)
  const { clientId, tokens } = await letIn(claw, browser)
  const renewed = await refresh(claw, clientId, tokens.refresh_token)
  const statusAt = (url: string, token: unknown) =>
    fetch(`${url}/mcp`, { headers: { authorization: `Bearer ${token}` } }).then(({ status }) => status)
  const statuses = () =>
    Promise.all(
      [claw.url, otherUrl].flatMap(url =>
        [tokens.access_token, renewed.body.access_token].map(token => statusAt(url, token)),
      ),
    )
  // A GET is refused with 405 only after the token was accepted.
  expect(await statuses()).toEqual([405, 405, 405, 405])

  const [grant] = await grantsOf(claw)
  expect((await browser.rest('DELETE', `/keys/${grant?.id}`)).status).toBe(200)
  claw.clock.move(1000)
  expect(await statuses()).toEqual([401, 401, 401, 401])
  const again = await refresh(claw, clientId, renewed.body.refresh_token)
  expect([again.status, again.body.error]).toEqual([400, 'invalid_grant'])
})

test('removing the agent ends the grant too', async () => {
  await using claw = await startClawLink()
  const browser = await openBrowser(claw)
  const { clientId, tokens } = await letIn(claw, browser)
  const [grant] = await grantsOf(claw)
  expect((await browser.rest('DELETE', `/agents/${grant?.agent_id}`)).status).toBe(200)
  claw.clock.move(1000)
  expect(await mcpStatus(claw, tokens.access_token)).toBe(401)
  expect((await refresh(claw, clientId, tokens.refresh_token)).body.error).toBe('invalid_grant')
})

test('a grant ends when the person said, and an access token after an hour', async () => {
  await using claw = await startClawLink()
  const { clientId, tokens } = await letIn(claw, await openBrowser(claw), {
    terms: { environment: 'live', scope: {}, expiresInDays: 1 },
  })
  claw.clock.move(60 * 60 * 1000)
  expect(await mcpStatus(claw, tokens.access_token)).toBe(401)
  const renewed = await refresh(claw, clientId, tokens.refresh_token)
  expect(await mcpStatus(claw, renewed.body.access_token)).toBe(200)
  claw.clock.move(23 * 60 * 60 * 1000)
  expect((await refresh(claw, clientId, renewed.body.refresh_token)).body.error).toBe('invalid_grant')
})

test('a client that revokes its own token ends its grant, and nobody else can', async () => {
  await using claw = await startClawLink()
  const browser = await openBrowser(claw)
  const { clientId, tokens } = await letIn(claw, browser)
  const other = await letIn(claw, browser)
  const stranger = await register(claw)
  const token = String(tokens.refresh_token)
  await postForm(claw, '/oauth/revoke', { client_id: String(stranger.body.client_id), token })
  claw.clock.move(1000)
  expect(await mcpStatus(claw, tokens.access_token)).toBe(200)
  expect((await postForm(claw, '/oauth/revoke', { client_id: clientId, token })).status).toBe(200)
  claw.clock.move(1000)
  expect(await mcpStatus(claw, tokens.access_token)).toBe(401)
  expect(await mcpStatus(claw, other.tokens.access_token)).toBe(200)
  expect((await grantsOf(claw)).filter(grant => grant.revoked_at !== null)).toHaveLength(1)
})

test('letting the same client in again makes another grant of the same agent; another client of that name is another agent', async () => {
  await using claw = await startClawLink()
  const browser = await openBrowser(claw)
  const first = await letIn(claw, browser)
  const again = await authorize(claw, browser, { clientId: first.clientId })
  await exchange(claw, again, (await approve(browser, again, claw.app.workspaceId)).searchParams.get('code') ?? '')
  await letIn(claw, browser)
  const grants = await grantsOf(claw)
  expect(grants).toHaveLength(3)
  const agents = await agentsOf(claw)
  const nameOf = (id: unknown) => agents.find(agent => agent.id === id)?.name
  expect(grants.map(({ agent_id }) => nameOf(agent_id)).toSorted()).toEqual([
    'OpenClaw MCP',
    'OpenClaw MCP',
    'OpenClaw MCP (2)',
  ])
})

test('what a client calls itself is cut to a plain short name', async () => {
  await using claw = await startClawLink()
  const name = `Nice\u3164\n\u202e${'x'.repeat(300)}`
  await letIn(claw, await openBrowser(claw), { registration: { ...openClawRegistration, client_name: name } })
  const [agent] = (await agentsOf(claw)).slice(-1)
  expect(agent?.name).toBe(`Nice ${'x'.repeat(55)}`)
})

test('two processes that come to OAuth at the same time sign with the same keys', async () => {
  await using twins = await startTwins()
  const { claw, otherUrl } = twins
  const keysAt = async (url: string) => JSON.stringify(await (await fetch(`${url}/oauth/jwks`)).json())
  const [one, two] = await Promise.all([keysAt(claw.url), keysAt(otherUrl)])
  expect(one).toBe(two)
  expect(one).not.toContain('"d"')
  const seals = await claw.app.db.read.selectFrom('seals').select('id').orderBy('id').execute()
  expect(seals.map(({ id }) => id)).toEqual(['oauth_cookie_keys', 'oauth_jwks'])
})

test('no token, code or secret of OAuth is in what the database keeps', async () => {
  await using claw = await startClawLink()
  const browser = await openBrowser(claw)
  const confidential = await register(claw, {
    ...openClawRegistration,
    token_endpoint_auth_method: 'client_secret_post',
  })
  const { clientId, attempt, code, tokens } = await letIn(claw, browser)
  const waiting = await authorize(claw, browser, { clientId })
  const secrets = [
    confidential.body.client_secret,
    code,
    attempt.uid,
    waiting.uid,
    tokens.access_token,
    tokens.refresh_token,
  ].map(String)
  const kept = JSON.stringify([await recordsOf(claw), await claw.app.db.read.selectFrom('seals').selectAll().execute()])
  expect(kept.length).toBeGreaterThan(2000)
  for (const secret of secrets) {
    expect(secret).toMatch(/^.{40,}$/)
    expect(kept).not.toContain(secret)
    expect(claw.logged()).not.toContain(secret)
  }
})

test('a client that nobody lets in within a day is forgotten; one that somebody uses stays', async () => {
  await using claw = await startClawLink()
  const browser = await openBrowser(claw)
  const unused = await register(claw)
  const { clientId } = await letIn(claw, browser)
  claw.clock.move(24 * 60 * 60 * 1000)
  await sweepRecords(claw.app)
  const models = async () => (await recordsOf(claw)).map(({ model }) => model)
  expect((await models()).filter(model => model === 'Client')).toHaveLength(1)
  expect((await authorize(claw, browser, { clientId })).uid).not.toBe('')
  const refused = await authorize(claw, browser, { clientId: String(unused.body.client_id) })
  expect([refused.answer.status, refused.uid]).toEqual([400, ''])
})

test('a grant whose tokens are all over does not stay on the list as a living one', async () => {
  await using claw = await startClawLink()
  const { clientId } = await letIn(claw, await openBrowser(claw), {
    registration: { ...openClawRegistration, grant_types: ['authorization_code'] },
  })
  expect(clientId).not.toBe('')
  await sweepRecords(claw.app)
  expect((await grantsOf(claw))[0]?.revoked_at).toBeNull()
  claw.clock.move(2 * 60 * 60 * 1000)
  await sweepRecords(claw.app)
  expect((await grantsOf(claw))[0]?.revoked_at).not.toBeNull()
  expect((await recordsOf(claw)).map(({ model }) => model).toSorted()).toEqual(['Agent', 'Client'])
})

test('a client can go on at another process than the one that let it in', async () => {
  await using twins = await startTwins()
  const { claw, otherUrl } = twins
  const { clientId, tokens } = await letIn(claw, await openBrowser(claw))
  const answer = await fetch(`${otherUrl}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: String(tokens.refresh_token),
    }),
  })
  expect(answer.status).toBe(200)
})
