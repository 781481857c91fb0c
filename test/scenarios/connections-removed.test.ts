/** What ends when a connection is removed, here and at its provider, and what is said of it before. */
import { describe, expect, test } from 'vitest'
import { Credential } from '../../src/connections/credential.ts'
import { addOAuthApp } from '../../src/connections/oauth-apps/add-oauth-app.ts'
import { saveConnection } from '../../src/connections/save-connection.ts'
import { Fault } from '../../src/core/errors.ts'
import { newId } from '../../src/core/ids.ts'
import { type DemoClaw, startWithDemo } from '../kit/demo-provider.ts'
import { signIn } from '../kit/member.ts'
import { park, refund, startWithMember } from '../kit/parked.ts'

const by = { actor: { kind: 'system' as const, id: '', name: 'test' } }

/** A connection as a finished consent leaves it. */
async function consented(claw: DemoClaw, slug: string, accountId: string, oauthAppId: string): Promise<string> {
  const provider = claw.app.catalog.providers.get(slug)
  const auth = provider?.connector.auth.find(({ id }) => id === 'cloud')
  if (!provider || !auth) throw new Error('the demo has changed')
  const row = await saveConnection(claw.app, {
    workspaceId: claw.app.workspaceId,
    provider,
    environment: 'live',
    auth,
    oauthAppId,
    account: { id: accountId, label: accountId },
    metadata: {},
    credential: new Credential({ access_token: `at-${accountId}`, refresh_token: `planted-rt-${accountId}` }),
    expiresAt: claw.clock.now() + 3_600_000,
    renewable: true,
    askedScopes: [],
    grantedScopes: null,
    createdBy: '',
  })
  if (row instanceof Fault) throw new Error(row.message)
  return row.id
}

async function app(claw: DemoClaw, label: string, clientId = label): Promise<string> {
  const wanted = { registration: 'demo-cloud', label, clientId, clientSecret: 'planted-client' }
  const added = await addOAuthApp(claw.app, claw.app.workspaceId, wanted, by)
  if (added instanceof Fault) throw new Error(added.message)
  return added.id
}

const remove = (claw: DemoClaw, id: string) => claw.rest('DELETE', `/connections/${id}`)

describe('at the provider', () => {
  test('the access ends before the rows go, by the refresh token and the OAuth app that it was made with', async () => {
    await using claw = await startWithDemo()
    const id = await consented(claw, 'demo', 'ann', await app(claw, 'one'))
    await app(claw, 'two')
    claw.demo.answers({ status: 200, body: '' })
    const answer = await remove(claw, id)
    expect(answer).toMatchObject({ status: 200, body: { id, revoked: true, advice: null } })
    const [asked] = claw.demo.asked
    expect(asked?.path).toBe('/revoke')
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toMatchObject({
      token: 'planted-rt-ann',
      client_id: 'one',
      client_secret: 'planted-client',
    })
    expect([await claw.rows('connections'), await claw.rows('credentials')]).toEqual([[], []])
    expect(answer.text + claw.logged()).not.toContain('planted')
  })

  test.each([
    ['answers an error', { status: 503, body: 'no' }],
    ['hangs up', { drop: true }],
  ])('that %s keeps nothing here, and the answer says what to do', async (_, scripted) => {
    await using claw = await startWithDemo()
    const id = await consented(claw, 'demo', 'ann', await app(claw, 'one'))
    claw.demo.answers(scripted)
    expect(await remove(claw, id)).toMatchObject({
      status: 200,
      body: { revoked: false, advice: expect.stringContaining('end the access there') },
    })
    expect(await claw.rows('connections')).toEqual([])
  })

  test('is told also when the OAuth app is gone: it cannot be, so the answer says so', async () => {
    await using claw = await startWithDemo()
    const id = await consented(claw, 'demo', 'ann', 'oapp_gone')
    expect((await remove(claw, id)).body.revoked).toBe(false)
    expect(claw.demo.asked).toEqual([])
  })

  test.each([
    ['the same account under another label', 'demo', 'ann', 'one', null],
    ['another account of the same provider', 'demo', 'bob', 'one', true],
    ['a connection of another provider by the same OAuth app', 'demo_files', 'x1', 'one', null],
    ['the same account by another OAuth app', 'demo', 'ann', 'two', true],
  ])('is told or not where there is also %s', async (_, slug, accountId, by, revoked) => {
    await using claw = await startWithDemo()
    const apps: Record<string, string> = { one: await app(claw, 'one'), two: await app(claw, 'two') }
    const id = await consented(claw, 'demo', 'ann', apps.one ?? '')
    const other = await consented(claw, slug, accountId, apps[by] ?? '')
    claw.demo.answers({ status: 200, body: '' })
    expect((await remove(claw, id)).body.revoked).toBe(revoked)
    expect(claw.demo.asked).toHaveLength(revoked ? 1 : 0)
    expect((await claw.rows('connections')).map(row => row.id)).toEqual([other])
  })

  test('is not told where the same client id serves another workspace', async () => {
    await using claw = await startWithDemo()
    const id = await consented(claw, 'demo', 'ann', await app(claw, 'one', 'same'))
    const other = await consented(claw, 'demo', 'ann', await app(claw, 'two', 'same'))
    await claw.app.db.write(async tx => {
      await tx.insertInto('workspaces').values({ id: 'ws_other', name: 'Other', created_at: 0 }).execute()
      await tx.updateTable('connections').set({ workspace_id: 'ws_other' }).where('id', '=', other).execute()
      await tx.updateTable('oauth_apps').set({ workspace_id: 'ws_other' }).where('label', '=', 'two').execute()
    })
    expect((await remove(claw, id)).body.revoked).toBe(null)
    expect(claw.demo.asked).toEqual([])
  })

  test('a key has nothing to end', async () => {
    await using claw = await startWithDemo()
    const { id } = await claw.connect()
    expect((await remove(claw, id)).body).toEqual({ id, revoked: null, advice: null })
  })
})

describe('here', () => {
  test('calls that wait for approval to use it end, and nothing of them is sent', async () => {
    await using claw = await startWithMember()
    const parked = await park(claw)
    const [connection] = await claw.rows('connections')
    const waiting = claw.rest('GET', `/calls/${parked.callId}?wait=20`)
    expect((await claw.ada.rest('GET', `/connections/${connection?.id}/affected`)).body.approvals).toBe(1)
    expect((await claw.ada.rest('DELETE', `/connections/${connection?.id}`)).status).toBe(200)
    expect((await waiting).body).toMatchObject({ state: 'ended', problem: { code: 'connection_not_found' } })
    const late = await claw.ada.rest('POST', `/approvals/${parked.approvalId}/approve`, { for: 'once' })
    expect(late.status).toBe(409)
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('usage')).toMatchObject([{ tool: refund.tool, code: 'connection_not_found', attempts: 0 }])
  })

  test('a connect session that was to reconnect it fails, with what it kept', async () => {
    await using claw = await startWithDemo()
    const { id } = await claw.connect()
    const session = await claw.rest('POST', '/connect-sessions', { body: { provider: 'sandbox', connection: id } })
    expect(session.status).toBe(201)
    await remove(claw, id)
    expect((await claw.rest('GET', `/connect-sessions/${session.body.id}`)).body).toMatchObject({
      state: 'failed',
      problem: { code: 'connection_not_found' },
    })
  })

  test('an event and the audit record tell of it', async () => {
    await using claw = await startWithDemo()
    const ada = await signIn(claw, { name: 'Ada', role: 'owner' })
    const { id } = await claw.connect({ label: 'work' })
    await ada.rest('DELETE', `/connections/${id}`)
    const events = (await ada.rest('GET', '/events')).body.items
    expect(events).toMatchObject([{ type: 'connection.removed', subject: id, facts: { label: 'work' } }, {}])
    const audit = (await ada.rest('GET', '/audit')).body.items
    expect(audit).toMatchObject([{ action: 'connection.removed', target: id, actor: { name: 'Ada' } }, {}, {}])
  })
})

describe('what a connection affects', () => {
  test('names the agents and rules that name it, the waiting calls and how often it was used', async () => {
    await using claw = await startWithDemo()
    const ada = await signIn(claw, { name: 'Ada', role: 'owner' })
    const { id } = await claw.connect()
    const other = await claw.connect({ label: 'other' })
    await claw.newKey({ agent: 'bound', scope: { connections: [id] } })
    await claw.newKey({ agent: 'elsewhere', scope: { connections: [other.id] } })
    const match = { connections: [id] }
    const rule = await ada.rest('POST', '/rules', { name: 'Ask for it', decision: 'ask', match })
    await ada.rest('POST', '/rules', { name: 'All', decision: 'deny', match: { tools: ['none'] } })
    for (let i = 0; i < 2; i++) await claw.call('sandbox_whoami', {}, { connection: id })
    await claw.call('sandbox_whoami', {}, { connection: other.id })
    expect((await ada.rest('GET', `/connections/${id}/affected`)).body).toEqual({
      agents: [
        { id: expect.stringMatching(/^agt_/), name: 'bound', why: 'a key of it names this connection' },
        { id: expect.stringMatching(/^agt_/), name: 'tester', why: 'called by it 2 times in the last 30 days' },
      ],
      rules: [{ id: rule.body.id, name: 'Ask for it' }],
      approvals: 0,
      callsLast30Days: 2,
      revokesAtProvider: false,
    })
    claw.clock.move(31 * 24 * 60 * 60 * 1000)
    const later = await signIn(claw, { name: 'Ada', role: 'owner' })
    expect((await later.rest('GET', `/connections/${id}/affected`)).body.callsLast30Days).toBe(0)
  })

  test('says whether the access ends at the provider too', async () => {
    await using claw = await startWithDemo()
    const ada = await signIn(claw, { name: 'Ada', role: 'owner' })
    const oauthApp = await app(claw, 'one')
    const id = await consented(claw, 'demo', 'ann', oauthApp)
    const told = async () => (await ada.rest('GET', `/connections/${id}/affected`)).body.revokesAtProvider
    expect(await told()).toBe(true)
    await consented(claw, 'demo_files', 'x1', oauthApp)
    expect(await told()).toBe(false)
  })

  test('is not for keys, and there is nothing of an unknown one', async () => {
    await using claw = await startWithDemo()
    const ada = await signIn(claw, { name: 'Ada', role: 'owner' })
    const { id } = await claw.connect()
    expect((await claw.rest('GET', `/connections/${id}/affected`)).status).toBe(403)
    expect((await ada.rest('GET', `/connections/${newId('conn', 0)}/affected`)).status).toBe(404)
  })
})
