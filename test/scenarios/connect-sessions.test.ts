/** Connecting an app in the browser: from the link that an agent asks for to the connection that comes of it. */
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { forgetExpiredJob } from '../../src/calls/forget-expired.ts'
import { sessionTopic } from '../../src/connections/sessions/connect-session.ts'
import type { JobRow } from '../../src/db/schema.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import {
  askForLink,
  auditOf,
  begin,
  comeBack,
  connectByOAuth,
  decide,
  type Json,
  onPage,
  reached,
  sha256,
  statusOf,
  stored,
  storedSession,
  tokenForms,
  toProvider,
} from '../kit/connecting.ts'
import { type Person, signUp } from '../kit/person.ts'
import { account, otherAccount } from './tools.ts'

const minuteMs = 60_000

async function start(): Promise<TestClawLink & { ada: Person }> {
  const claw = await startClawLink({ connected: false })
  return { ...claw, ada: await signUp(claw) }
}

const whoami = async (claw: TestClawLink, connection?: string) =>
  Object((await claw.call('sandbox_whoami', {}, connection === undefined ? {} : { connection })).body.data).email

/** One run of the job that does it every hour. */
const forget = (claw: TestClawLink) =>
  forgetExpiredJob(claw.app).run({
    id: 'job_1',
    workspace_id: '',
    kind: 'forget_expired',
    subject: '',
    state: 'running',
    run_at: 0,
    attempts: 1,
    failures: 0,
    lease_owner: '',
    lease_until: 0,
    last_error: '',
    created_at: 0,
  } satisfies JobRow)

describe('by OAuth 2.0', () => {
  test('an agent’s link leads a person to the provider and back, and then the agent’s call works', async () => {
    await using claw = await start()
    const asked = await claw.rest('POST', '/connect-sessions', { body: { provider: 'sandbox', label: 'work' } })
    const id = String(asked.body.id)
    expect([asked.status, asked.body]).toEqual([
      201,
      {
        id: expect.stringMatching(/^csess_[0-9a-f]{32}$/),
        link: `${claw.url}/connect/${id}`,
        statusUrl: `${claw.url}/api/v1/connect-sessions/${id}`,
        state: 'awaiting_user',
        expiresAt: new Date(claw.clock.now() + 30 * minuteMs).toISOString(),
      },
    ])

    const opened = await onPage(claw.ada, id, 'open')
    expect(opened.body).toMatchObject({
      id,
      state: 'awaiting_user',
      provider: { slug: 'sandbox', name: 'Sandbox' },
      workspace: { id: claw.app.workspaceId },
      environment: 'live',
      askedBy: { kind: 'agent', name: 'tester' },
      reconnects: null,
      label: 'work',
      scopes: [],
      connection: null,
      problem: null,
      redirectUri: `${claw.url}/connect/callback`,
    })
    expect((opened.body.ways as Json[]).map(way => way.id)).toEqual(['api_key', 'oauth2', 'odd', 'device']) // as documented

    const location = new URL(String((await begin(claw.ada, id)).body.location))
    const state = location.searchParams.get('state') ?? ''
    expect(Object.fromEntries(location.searchParams)).toEqual({
      response_type: 'code',
      client_id: claw.sandbox.oauth.clientId,
      scope: 'mail issues payments offline_access',
      redirect_uri: `${claw.url}/connect/callback`,
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect((await storedSession(claw, id)).state_hash).toBe(sha256(state))
    expect((await stored(claw)).seals).toEqual([id])

    const back = await decide(location)
    claw.sandbox.takeRequests()
    expect(await comeBack(claw, back, claw.ada.cookie)).toBe(`/connect/${id}`)
    expect(reached(claw)).toEqual(['POST /oauth/token', 'GET /me'])
    const [form = {}] = tokenForms(claw)
    expect(form).toMatchObject({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code'),
      redirect_uri: `${claw.url}/connect/callback`,
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect(sha256(form.code_verifier ?? '')).toBe(
      Buffer.from(location.searchParams.get('code_challenge') ?? '', 'base64url').toString('hex'),
    )

    const { connections, credentials, seals } = await stored(claw)
    expect(connections).toMatchObject([
      {
        provider: 'sandbox',
        label: 'work',
        auth: 'oauth2',
        environment: 'live',
        account_id: account.id,
        account_label: account.email,
        is_default: 0,
        state: 'healthy',
        created_by: claw.ada.personId,
        oauth_app_id: '',
      },
    ])
    expect(credentials).toMatchObject([{ connection_id: connections[0]?.id, format: 'parts', renewable: 1 }])
    expect(seals).toEqual([])
    expect(await statusOf(claw, id)).toMatchObject({
      state: 'connected',
      connection: { id: connections[0]?.id, label: 'work', auth: 'oauth2', account: { label: account.email } },
      problem: null,
    })
    expect((await onPage(claw.ada, id, 'open')).body).toMatchObject({
      state: 'connected',
      connection: { id: connections[0]?.id },
    })
    expect(await whoami(claw)).toBe(account.email)
    expect((await auditOf(claw)).at(-1)).toEqual({
      action: 'connection.added',
      by: 'Ada',
      target: connections[0]?.id,
      details: expect.objectContaining({ session: id, askedBy: 'tester', way: 'oauth2', account: account.email }),
    })
    for (const secret of [state, form.code ?? 'none', form.code_verifier ?? 'none'])
      expect(claw.logged()).not.toContain(secret)
  })

  test('a provider that keeps to no standard connects too, with what it said on the way back', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const location = await toProvider(claw.ada, id, { way: 'odd' })
    expect(location.searchParams.get('scope')).toBe('mail,issues,payments')
    expect(location.searchParams.has('code_challenge')).toBe(false)
    const back = await decide(location, { account: otherAccount.email })
    expect(await comeBack(claw, back, claw.ada.cookie)).toBe(`/connect/${id}`)
    const { connection } = await statusOf(claw, id)
    expect(connection).toMatchObject({ auth: 'odd', account: { label: otherAccount.email }, state: 'healthy' })
    expect(Object(connection).metadata).toEqual({ team: back.searchParams.get('team') })
    expect(tokenForms(claw)[0]).not.toHaveProperty('code_verifier')
    expect(await whoami(claw)).toBe(otherAccount.email)
  })

  test('scopes are those of the connector and those that were asked for, or those that the person chose', async () => {
    await using claw = await start()
    const id = await askForLink(claw, { scopes: ['extra', 'mail'] })
    const location = await toProvider(claw.ada, id)
    expect(location.searchParams.get('scope')).toBe('mail issues payments offline_access extra')
    const chosen = (await begin(claw.ada, id, { scopes: ['mail', 'offline_access'] })).body.location
    expect(new URL(String(chosen)).searchParams.get('scope')).toBe('mail offline_access')
    const spaced = await claw.rest('POST', '/connect-sessions', { body: { provider: 'sandbox', scopes: ['a b'] } })
    expect(spaced.body).toMatchObject({ status: 400, invalidFields: [{ field: 'scopes.0' }] })
  })

  test('what the person did not grant is told', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    await connectByOAuth(claw, claw.ada, id, { scopes: ['mail', 'offline_access'] })
    expect((await statusOf(claw, id)).connection).toMatchObject({
      state: 'missing_scope',
      scopes: { granted: ['mail', 'offline_access'] },
    })
  })

  test('a person who says no at the provider is told so, and may try again', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    expect(await connectByOAuth(claw, claw.ada, id, { deny: true })).toBe(`/connect/${id}`)
    const problem = {
      code: 'permission_denied',
      message: 'The access was not allowed at Sandbox. Nothing was connected.',
    }
    expect(await statusOf(claw, id)).toMatchObject({ state: 'awaiting_user', connection: null, problem })
    expect((await onPage(claw.ada, id, 'open')).body).toMatchObject({ state: 'awaiting_user', problem })
    expect(tokenForms(claw)).toEqual([])
    expect(await stored(claw)).toEqual({ connections: [], credentials: [], seals: [] })
    await connectByOAuth(claw, claw.ada, id)
    expect(await statusOf(claw, id)).toMatchObject({ state: 'connected', problem: null })
  })

  test('a try that fails at the token endpoint leaves nothing behind, and can be made again', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const back = await decide(await toProvider(claw.ada, id))
    claw.sandbox.script({ kind: 'status', status: 500 })
    await comeBack(claw, back, claw.ada.cookie)
    expect(await statusOf(claw, id)).toMatchObject({
      state: 'awaiting_user',
      problem: { code: 'provider_unavailable', message: expect.stringContaining('Sandbox') },
    })
    expect(await stored(claw)).toEqual({ connections: [], credentials: [], seals: [] })
    await connectByOAuth(claw, claw.ada, id)
    expect(await statusOf(claw, id)).toMatchObject({ state: 'connected' })
  })
})

describe('by what is pasted in', () => {
  test('a key is tried before it is stored, without the blanks that a paste brings along', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    await onPage(claw.ada, id, 'open')
    const fields = { secret: ` ${claw.sandbox.apiKey}\r\n` }
    const done = await onPage(claw.ada, id, 'submit', { way: 'api_key', fields, label: 'mine', makeDefault: true })
    expect(done).toMatchObject({
      status: 200,
      body: { state: 'connected', connection: { label: 'mine', isDefault: true, auth: 'api_key' } },
    })
    expect(claw.sandbox.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${claw.sandbox.apiKey}`])
    expect(await statusOf(claw, id)).toMatchObject({ state: 'connected' })
    expect(done.text + claw.logged()).not.toContain(claw.sandbox.apiKey)
    expect(await whoami(claw)).toBe(account.email)
  })

  test('a wrong key tells its field, stores nothing, and the right one may follow', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    await onPage(claw.ada, id, 'open')
    const submit = (fields: Json) => onPage(claw.ada, id, 'submit', { way: 'api_key', fields })
    expect(await submit({ secret: 'sk_wrong_key_of_nobody' })).toMatchObject({
      status: 400,
      body: { code: 'validation_error', invalidFields: [{ field: 'secret', problem: 'was refused by the provider' }] },
    })
    expect(await statusOf(claw, id)).toMatchObject({
      state: 'awaiting_user',
      problem: { code: 'validation_error', message: 'Sandbox refused this API key.' },
    })
    expect(await submit({})).toMatchObject({ body: { invalidFields: [{ field: 'secret', problem: 'is missing' }] } })
    expect(await submit({ secret: 'a', other: 'b' })).toMatchObject({ body: { invalidFields: [{ field: 'other' }] } })
    expect(await submit({ secret: 'sk_a\r\nx: y' })).toMatchObject({ body: { invalidFields: [{ field: 'secret' }] } })
    expect(await stored(claw)).toEqual({ connections: [], credentials: [], seals: [] })
    expect(reached(claw)).toEqual(['GET /me'])
    expect((await submit({ secret: claw.sandbox.apiKey })).status).toBe(200)
  })

  test('a way that is another kind, or none, is refused by name', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    await onPage(claw.ada, id, 'open')
    const wrong = { status: 400, body: { invalidFields: [{ field: 'way' }] } }
    expect(await onPage(claw.ada, id, 'submit', { way: 'oauth2', fields: {} })).toMatchObject(wrong)
    expect(await begin(claw.ada, id, { way: 'api_key' })).toMatchObject(wrong)
    expect(await begin(claw.ada, id, { way: 'constructor' })).toMatchObject(wrong)
    expect(await onPage(claw.ada, id, 'device', { way: 'oauth2' })).toMatchObject(wrong)
    expect(claw.sandbox.requests).toEqual([])
  })

  test('a label that is taken is told before the person goes anywhere', async () => {
    await using claw = await start()
    await claw.connect({ label: 'mine' })
    claw.sandbox.takeRequests()
    const id = await askForLink(claw)
    await onPage(claw.ada, id, 'open')
    const taken = { status: 409, body: { invalidFields: [{ field: 'label', problem: 'is taken' }] } }
    const fields = { secret: claw.sandbox.apiKey }
    expect(await begin(claw.ada, id, { label: 'mine' })).toMatchObject(taken)
    expect(await onPage(claw.ada, id, 'submit', { way: 'api_key', fields, label: 'mine' })).toMatchObject(taken)
    expect(claw.sandbox.requests).toEqual([])
  })
})

describe('reconnecting', () => {
  /** Beside that it was in trouble, which may be found out meanwhile. */
  const typesTold = async ({ app }: TestClawLink) => {
    const rows = await app.db.read.selectFrom('events').select('type').execute()
    return rows.flatMap(({ type }) => (type === 'connection.needs_reauth' ? [] : type)).sort()
  }

  test('keeps id, label and default of the connection, and gives it the new credential', async () => {
    await using claw = await start()
    const { id: connection } = await claw.connect({ label: 'work', makeDefault: true })
    claw.sandbox.revokeKey(claw.sandbox.apiKey)
    expect(await whoami(claw)).toBeUndefined()
    await claw.app.db.write(tx => tx.updateTable('connections').set({ state: 'needs_reauth' }).execute())
    const id = await askForLink(claw, { connection: 'work' })
    expect((await onPage(claw.ada, id, 'open')).body).toMatchObject({ reconnects: { id: connection, label: 'work' } })
    await connectByOAuth(claw, claw.ada, id, { body: { label: 'ignored' } })
    const { connections, credentials } = await stored(claw)
    expect(connections).toMatchObject([{ id: connection, label: 'work', is_default: 1, auth: 'oauth2' }])
    expect(credentials).toMatchObject([{ connection_id: connection, version: 2 }])
    expect(await whoami(claw, connection)).toBe(account.email)
    expect((await auditOf(claw)).at(-1)).toMatchObject({ action: 'connection.reconnected', target: connection })
    expect(await typesTold(claw)).toEqual(['connection.connected', 'connection.reconnected', 'connection.recovered'])
  })

  test('is told as that, and nothing recovers that was well', async () => {
    await using claw = await start()
    await claw.connect({ label: 'work' })
    const id = await askForLink(claw, { connection: 'work' })
    await onPage(claw.ada, id, 'open')
    await connectByOAuth(claw, claw.ada, id)
    expect(await typesTold(claw)).toEqual(['connection.connected', 'connection.reconnected'])
  })

  test('never puts another account behind the same connection', async () => {
    await using claw = await start()
    const { id: connection } = await claw.connect({ label: 'work' })
    const before = await stored(claw)
    const id = await askForLink(claw, { connection })
    await connectByOAuth(claw, claw.ada, id, { account: otherAccount.email })
    expect(await statusOf(claw, id)).toMatchObject({
      state: 'awaiting_user',
      problem: { code: 'conflict', message: expect.stringContaining(otherAccount.email) },
    })
    expect(await stored(claw)).toEqual(before)
  })

  test('is asked for by a connection that there is, in the environment of the key', async () => {
    await using claw = await start()
    await claw.connect({ label: 'work' })
    const key = await claw.newKey({ environment: 'test' })
    const ask = (body: Json, as?: string) =>
      claw.rest('POST', '/connect-sessions', { body: { provider: 'sandbox', ...body }, ...(as && { key: as }) })
    expect(await ask({ connection: 'none' })).toMatchObject({ status: 404, body: { code: 'connection_not_found' } })
    expect(await ask({ connection: 'work' }, key)).toMatchObject({ status: 404 })
    expect(await ask({ environment: 'live' }, key)).toMatchObject({ status: 403 })
    expect(await ask({ provider: 'none' })).toMatchObject({ status: 404, body: { code: 'provider_not_found' } })
  })
})

describe('exactly one connection', () => {
  test('comes of any number of deliveries of the same answer at once, and of later ones', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const back = await decide(await toProvider(claw.ada, id))
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => comeBack(claw, back, claw.ada.cookie)))
    expect(all).toEqual(Array(5).fill(`/connect/${id}`))
    const before = await stored(claw)
    expect(before.connections).toHaveLength(1)
    expect(tokenForms(claw)).toHaveLength(1)
    expect(await comeBack(claw, back, claw.ada.cookie)).toBe(`/connect/${id}`)
    expect(await stored(claw)).toEqual(before)
    expect(tokenForms(claw)).toHaveLength(1)
  })

  test('comes of any number of forms that are sent at once', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    await onPage(claw.ada, id, 'open')
    const fields = { secret: claw.sandbox.apiKey }
    const submit = () => onPage(claw.ada, id, 'submit', { way: 'api_key', fields })
    const statuses = (await Promise.all([submit(), submit(), submit()])).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([200, 409, 409])
    const { connections, credentials } = await stored(claw)
    expect([connections.length, credentials.length]).toEqual([1, 1])
    expect(await statusOf(claw, id)).toMatchObject({ connection: { id: connections[0]?.id } })
    expect((await submit()).status).toBe(409)
  })
})

describe('the agent that asked', () => {
  test('hears of the end as soon as it comes, while it waits', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const back = await decide(await toProvider(claw.ada, id))
    const waiting = claw.rest('GET', `/connect-sessions/${id}?wait=60`)
    await comeBack(claw, back, claw.ada.cookie)
    expect((await waiting).body).toMatchObject({ id, state: 'connected' })
  })

  test('hears nothing any more when its key has ended while it waits, and a member nothing after signing out', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const waiters = async (count: number) => {
      while (claw.app.wakes.listenerCount(sessionTopic(id)) < count) await setImmediate()
    }
    const { keyId } = (await claw.app.db.read.selectFrom('keys').select('id as keyId').executeTakeFirst()) ?? {}
    const member = await signUp(claw, { role: 'member', name: 'Bea' })
    const overMcp = claw.mcp('tools/call', { name: 'clawlink_get_connection', arguments: { id, wait: 60 } })
    const overRest = [claw, member].map(({ rest }) => rest('GET', `/connect-sessions/${id}?wait=60`))
    await waiters(3)
    await claw.ada.rest('DELETE', `/keys/${keyId}`)
    await member.rest('POST', '/sign-out')
    await onPage(claw.ada, id, 'open')
    await onPage(claw.ada, id, 'deny')
    for (const { status, body } of await Promise.all(overRest))
      expect([status, body]).toMatchObject([401, { code: 'unauthorized' }])
    expect((await overMcp).body.result).toMatchObject({ structuredContent: { error: { code: 'unauthorized' } } })
  })

  test('is the only agent that sees it; every member of the workspace does', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const see = async (key: string) => (await claw.rest('GET', `/connect-sessions/${id}`, { key })).status
    expect(await see(await claw.newKey())).toBe(200)
    expect(await see(await claw.newKey({ environment: 'test' }))).toBe(404)
    expect(await see(await claw.newKey({ agent: 'another' }))).toBe(404)
    const member = await signUp(claw, { role: 'member', name: 'Bea' })
    expect((await member.rest('GET', `/connect-sessions/${id}`)).status).toBe(200)
    expect((await claw.rest('GET', '/connect-sessions/csess_none')).status).toBe(404)
  })

  test('asks for no more than it could use, and not without end', async () => {
    await using claw = await start()
    const narrow = await claw.newKey({ agent: 'narrow', scope: { providers: ['github'] } })
    const fixed = await claw.newKey({ agent: 'fixed', scope: { connections: ['conn_1'] } })
    const ask = (key: string) => claw.rest('POST', '/connect-sessions', { body: { provider: 'sandbox' }, key })
    for (const key of [narrow, fixed]) expect(await ask(key)).toMatchObject({ status: 403 })
    for (let count = 0; count < 30; count++) expect((await ask(claw.key)).status).toBe(201)
    expect(await ask(claw.key)).toMatchObject({ status: 429, body: { retryAfterMs: 60 * minuteMs } })
    claw.clock.move(60 * minuteMs)
    expect((await ask(claw.key)).status).toBe(201)
  })

  test('cannot fill a workspace with links that nobody opens', async () => {
    await using claw = await start()
    const agents = await Promise.all(['a', 'b', 'c', 'd'].map(agent => claw.newKey({ agent })))
    const ask = (key: string) => claw.rest('POST', '/connect-sessions', { body: { provider: 'sandbox' }, key })
    for (const key of agents) for (let count = 0; count < 25; count++) expect((await ask(key)).status).toBe(201)
    expect(await ask(agents[0] ?? '')).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  })
})

describe('the end of a session', () => {
  test('comes after half an hour, for the page, the agent and whoever is at the provider', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const back = await decide(await toProvider(claw.ada, id))
    claw.clock.move(30 * minuteMs)
    expect(await statusOf(claw, id)).toMatchObject({ state: 'expired', connection: null })
    expect((await onPage(claw.ada, id, 'open')).body).toMatchObject({ state: 'expired' })
    expect(await begin(claw.ada, id)).toMatchObject({ status: 409, body: { code: 'conflict' } })
    claw.sandbox.takeRequests()
    expect(await comeBack(claw, back, claw.ada.cookie)).toBe(`/connect/${id}`)
    expect(claw.sandbox.requests).toEqual([])
    expect((await stored(claw)).connections).toEqual([])

    await forget(claw)
    expect(await storedSession(claw, id)).toMatchObject({ state: 'expired', ended_at: claw.clock.now() })
    expect((await stored(claw)).seals).toEqual([])
    claw.clock.move(24 * 60 * minuteMs)
    await forget(claw)
    expect((await claw.rest('GET', `/connect-sessions/${id}`)).status).toBe(404)
  })

  test('comes when the person does not want to', async () => {
    await using claw = await start()
    const [id, other] = [await askForLink(claw), await askForLink(claw)]
    const back = await decide(await toProvider(claw.ada, id))
    await toProvider(claw.ada, other)
    expect(await onPage(claw.ada, id, 'deny')).toMatchObject({ status: 200, body: { state: 'denied' } })
    expect(await statusOf(claw, id)).toMatchObject({ state: 'denied', problem: null })
    expect(await statusOf(claw, other)).toMatchObject({ state: 'awaiting_user' })
    expect((await auditOf(claw)).at(-1)).toMatchObject({ action: 'connect_session.denied', by: 'Ada', target: id })
    claw.sandbox.takeRequests()
    await comeBack(claw, back, claw.ada.cookie)
    for (const what of ['deny', 'authorize', 'submit', 'device'])
      expect(
        await onPage(claw.ada, id, what, { way: 'oauth2', ...(what === 'submit' && { fields: {} }) }),
      ).toMatchObject({ status: 409 })
    expect(claw.sandbox.requests).toEqual([])
    expect(await stored(claw)).toEqual({ connections: [], credentials: [], seals: [other] })
  })
})

test('a member’s own session is bound to the browser that asked, in the environment that was chosen', async () => {
  await using claw = await start()
  const asked = await claw.ada.rest('POST', '/connect-sessions', { body: { provider: 'sandbox', environment: 'test' } })
  const id = String(asked.body.id)
  expect(await storedSession(claw, id)).toMatchObject({ person_id: claw.ada.personId, asked_by_kind: 'person' })
  const fields = { secret: claw.sandbox.apiKey }
  const done = await onPage(claw.ada, id, 'submit', { way: 'api_key', fields })
  expect(done.body).toMatchObject({ connection: { environment: 'test', createdBy: claw.ada.personId } })
})
