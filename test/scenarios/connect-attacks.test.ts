/** What somebody else could try with a connect link, an answer of a provider, or what is typed in. */
import { describe, expect, test } from 'vitest'
import { type Connector, connector, oauth2, tool } from '../../src/catalog/define.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import {
  addProviders,
  askForLink,
  begin,
  comeBack,
  connectByOAuth,
  decide,
  onPage,
  reached,
  statusOf,
  stored,
  storedSession,
  tokenForms,
  toProvider,
} from '../kit/connecting.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import { asBrowser, type Person, signInAgain, signUp } from '../kit/person.ts'
import { startTokenProvider, type TokenProvider } from '../kit/token-provider.ts'
import { account, otherAccount } from './tools.ts'

type Scene = TestClawLink & { ada: Person; eve: Person }

/** Two members of one workspace; neither may get at what the other connects. */
async function start(options: Parameters<typeof startClawLink>[0] = {}): Promise<Scene> {
  const claw = await startClawLink({ connected: false, ...options })
  return { ...claw, ada: await signUp(claw), eve: await signUp(claw, { role: 'member', name: 'Eve' }) }
}

const nothing = { connections: [], credentials: [], seals: [] }

/** Nothing was sent to the provider, and nothing was connected. */
async function expectNothing(claw: Scene) {
  expect(claw.sandbox.requests).toEqual([])
  const { connections, credentials } = await stored(claw)
  expect([connections, credentials]).toEqual([[], []])
}

const withParams = (url: URL, params: Record<string, string | undefined>) => {
  const changed = new URL(url)
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) changed.searchParams.delete(name)
    else changed.searchParams.set(name, value)
  }
  return changed
}

describe('the state of an answer', () => {
  test('counts once, whatever code comes with it the second time', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const back = await decide(await toProvider(claw.ada, id))
    await comeBack(claw, back, claw.ada.cookie)
    const before = await stored(claw)
    claw.sandbox.takeRequests()
    const again = withParams(back, { code: 'another' })
    expect(await comeBack(claw, again, claw.ada.cookie)).toBe(`/connect/${id}`)
    expect(claw.sandbox.requests).toEqual([])
    expect(await stored(claw)).toEqual(before)
  })

  test('counts once also when the first time did not work', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const back = await decide(await toProvider(claw.ada, id))
    await comeBack(claw, withParams(back, { code: 'wrong' }), claw.ada.cookie)
    expect(await statusOf(claw, id)).toMatchObject({
      state: 'awaiting_user',
      problem: { code: 'authentication_failed' },
    })
    claw.sandbox.takeRequests()
    await comeBack(claw, back, claw.ada.cookie)
    await expectNothing(claw)
  })

  test('of a try is worth nothing once another one was begun', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const first = await decide(await toProvider(claw.ada, id))
    const second = await decide(new URL(String((await begin(claw.ada, id)).body.location)))
    claw.sandbox.takeRequests()
    expect(await comeBack(claw, first, claw.ada.cookie)).toBe('/connect/unknown')
    await expectNothing(claw)
    await comeBack(claw, second, claw.ada.cookie)
    expect((await stored(claw)).connections).toHaveLength(1)
  })

  test.each(['', 'x', 'taken', '%00', 'a'.repeat(43), 'taken%20'.padEnd(60, '0')])(
    'that was made up (%s) leads to no session',
    async state => {
      await using claw = await start()
      await toProvider(claw.ada, await askForLink(claw))
      claw.sandbox.takeRequests()
      const made = new URL(`${claw.url}/connect/callback?code=c&state=${state}`)
      expect(await comeBack(claw, made, claw.ada.cookie)).toBe('/connect/unknown')
      await expectNothing(claw)
    },
  )

  test('is not the hash that a thief of the database would have', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const back = await decide(await toProvider(claw.ada, id))
    claw.sandbox.takeRequests()
    const { state_hash: state } = await storedSession(claw, id)
    expect(await comeBack(claw, withParams(back, { state }), claw.ada.cookie)).toBe('/connect/unknown')
    await expectNothing(claw)
  })
})

describe('a code of somebody else', () => {
  test('cannot be put into one’s own sign-in', async () => {
    await using claw = await start()
    const [hers, mine] = [await askForLink(claw), await askForLink(claw)]
    const victim = await decide(await toProvider(claw.ada, hers))
    const attacker = await decide(await toProvider(claw.eve, mine), { account: otherAccount.email })
    claw.sandbox.takeRequests()
    const injected = withParams(attacker, { code: victim.searchParams.get('code') ?? '' })
    await comeBack(claw, injected, claw.eve.cookie)
    // The verifier is that of Eve's own try, so the provider refuses her Ada's code.
    expect(reached(claw)).toEqual(['POST /oauth/token'])
    expect(await statusOf(claw, mine)).toMatchObject({
      state: 'awaiting_user',
      problem: { code: 'authentication_failed' },
    })
    expect((await stored(claw)).connections).toEqual([])
  })

  test('does nothing in another browser, and stays good in its own', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const back = await decide(await toProvider(claw.ada, id))
    const elsewhere = await signInAgain(claw, claw.ada)
    claw.sandbox.takeRequests()
    for (const cookie of [claw.eve.cookie, elsewhere.cookie, undefined, `clawlink_session=cls_${'0'.repeat(48)}`])
      expect(await comeBack(claw, back, cookie)).toBe(`/connect/${id}`)
    await expectNothing(claw)
    await comeBack(claw, back, claw.ada.cookie)
    expect(await statusOf(claw, id)).toMatchObject({ state: 'connected', connection: { account: { id: account.id } } })
  })

  test('does nothing once its person has signed out or is no member any more', async () => {
    await using claw = await start()
    const [first, second] = [await askForLink(claw), await askForLink(claw)]
    const signedOut = await decide(await toProvider(claw.ada, first))
    const removed = await decide(await toProvider(claw.eve, second))
    await claw.ada.rest('DELETE', `/members/${claw.eve.personId}`)
    await claw.ada.rest('POST', '/sign-out')
    claw.clock.move(1000)
    claw.sandbox.takeRequests()
    await comeBack(claw, signedOut, claw.ada.cookie)
    await comeBack(claw, removed, claw.eve.cookie)
    await expectNothing(claw)
  })
})

describe('a link that somebody else began with', () => {
  test('does not open in the victim’s browser', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    await onPage(claw.eve, id, 'open')
    expect(await onPage(claw.ada, id, 'open')).toMatchObject({
      status: 403,
      body: { code: 'forbidden', detail: 'This link was opened in another browser, or by somebody else.' },
    })
    const own = await claw.eve.rest('POST', '/connect-sessions', { body: { provider: 'sandbox' } })
    expect((await onPage(claw.ada, String(own.body.id), 'open')).status).toBe(403)
  })

  test('brings the victim’s account nowhere, even when the victim consents at the provider', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const consented = await decide(await toProvider(claw.eve, id))
    claw.sandbox.takeRequests()
    await comeBack(claw, consented, claw.ada.cookie)
    await expectNothing(claw)
    expect(await statusOf(claw, id)).toMatchObject({ state: 'awaiting_user', connection: null })
  })

  test('that was stolen works in no other browser than the first, nor for nobody, nor for a key', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    await onPage(claw.ada, id, 'open')
    const elsewhere = await signInAgain(claw, claw.ada)
    const asKey: Pick<Person, 'rest'> = {
      rest: (method, path, { body } = {}) => claw.rest(method, path, { body, headers: { origin: claw.url } }),
    }
    const fields = { secret: claw.sandbox.apiKey }
    for (const what of ['open', 'authorize', 'device', 'device/poll', 'submit', 'deny']) {
      const body = { way: 'oauth2', ...(what === 'submit' && { fields }) }
      for (const thief of [claw.eve, elsewhere]) expect((await onPage(thief, id, what, body)).status).toBe(403)
      expect((await onPage({ rest: asBrowser(claw) }, id, what, body)).status).toBe(401)
      expect((await onPage(asKey, id, what, body)).status).toBe(401)
    }
    await expectNothing(claw)
    expect((await onPage(claw.ada, id, 'submit', { way: 'api_key', fields })).status).toBe(200)
  })

  test('is gone on with by nobody who has not opened it', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    expect((await begin(claw.ada, id)).status).toBe(403)
    expect((await onPage(claw.ada, id, 'deny')).status).toBe(403)
    expect(await storedSession(claw, id)).toMatchObject({ state: 'awaiting_user', session_id: '' })
  })

  test('is not opened by the page of another site', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const headers = { origin: 'http://127.0.0.1:1' }
    const answer = await claw.ada.rest('POST', `/connect-sessions/${id}/open`, { headers })
    expect([answer.status, (await storedSession(claw, id)).session_id]).toEqual([403, ''])
  })
})

describe('an answer that comes from another authorization server', () => {
  test.each([
    ['names another issuer', { iss: 'https://evil.example' }],
    ['names no issuer though its provider always does', { iss: undefined }],
    ['names an issuer that only begins alike', { iss: 'suffix' }],
    ['is an error of another issuer', { iss: 'https://evil.example', code: undefined, error: 'access_denied' }],
  ])('is dropped with its code when it %s', async (_, params: Record<string, string | undefined>) => {
    await using claw = await start()
    const id = await askForLink(claw)
    const back = await decide(await toProvider(claw.ada, id))
    claw.sandbox.takeRequests()
    const { iss } = params
    const mixed = withParams(back, {
      ...params,
      ...(iss === 'suffix' && { iss: `${back.searchParams.get('iss')}.evil` }),
    })
    await comeBack(claw, mixed, claw.ada.cookie)
    expect(await statusOf(claw, id)).toMatchObject({
      state: 'awaiting_user',
      problem: {
        code: 'authentication_failed',
        message: 'The answer did not come from Sandbox. Nothing was connected.',
      },
    })
    await expectNothing(claw)
  })
})

describe('the way back', () => {
  test('leads to ClawLink’s own page, whatever the answer says', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const back = await decide(await toProvider(claw.ada, id))
    const evil = 'https://evil.example/'
    const away = withParams(back, { next: evil, redirect_uri: evil, returnTo: evil, iss: evil, id: '//evil.example' })
    expect(await comeBack(claw, away, claw.ada.cookie)).toBe(`/connect/${id}`)
    const other = await claw.http({
      method: 'GET',
      path: back.pathname + back.search,
      headers: { host: 'evil.example' },
    })
    expect([other.status, other.headers.get('location')]).toEqual([403, null])
  })

  test('with a parameter that is there twice is no answer', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const back = await decide(await toProvider(claw.ada, id))
    claw.sandbox.takeRequests()
    const state = back.searchParams.get('state') ?? ''
    expect(await comeBack(claw, new URL(`${back}&state=${state}`), claw.ada.cookie)).toBe('/connect/unknown')
    await comeBack(claw, new URL(`${back}&code=another`), claw.ada.cookie)
    expect(await statusOf(claw, id)).toMatchObject({ problem: { code: 'provider_unavailable' } })
    await expectNothing(claw)
  })

  test('repeats nothing of what an error says, neither on the page nor in the log', async () => {
    await using claw = await start()
    const id = await askForLink(claw)
    const location = await toProvider(claw.ada, id)
    const script = '<script>alert("planted")</script>'
    const back = new URL(`${claw.url}/connect/callback`)
    const said = { error: script, error_description: `${script} ring us`, error_uri: 'https://evil.example' }
    for (const [name, value] of Object.entries(said)) back.searchParams.set(name, value)
    back.searchParams.set('state', location.searchParams.get('state') ?? '')
    back.searchParams.set('iss', claw.sandbox.oauth.issuer)
    await comeBack(claw, back, claw.ada.cookie)
    expect(await statusOf(claw, id)).toMatchObject({
      problem: { code: 'provider_unavailable', message: 'Sandbox could not go on. Nothing was connected.' },
    })
    for (const text of [claw.answered(), claw.logged(), JSON.stringify(await storedSession(claw, id))])
      expect(text).not.toMatch(/planted|ring us|evil/)
  })
})

describe('PKCE', () => {
  test.each([
    ['leaves out the challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['asks for the plain one', { code_challenge_method: 'plain' }],
  ])('cannot be talked down by who %s on the way', async (_, params) => {
    await using claw = await start()
    const id = await askForLink(claw)
    const location = withParams(await toProvider(claw.ada, id), params)
    const back = await decide(location)
    claw.sandbox.takeRequests()
    await comeBack(claw, back, claw.ada.cookie)
    expect(await statusOf(claw, id)).toMatchObject({
      state: 'awaiting_user',
      problem: { message: 'Sandbox does not accept how it was asked (invalid_request). Nothing was connected.' },
    })
    await expectNothing(claw)
  })

  test('is kept to also with a provider that would do without', async () => {
    await using provider = await startTokenProvider()
    await using claw = await startWith(provider, scripted(provider))
    const id = await askForLink(claw, { provider: 'acme' })
    const location = await toProvider(claw.ada, id)
    provider.answers({ body: { access_token: 'acme_token_1' } }, { body: { id: 7, name: 'Ada' } })
    await comeBack(claw, answerOf(claw, location), claw.ada.cookie)
    const [asked] = provider.asked
    expect(new URLSearchParams(asked?.body).get('code_verifier')).toMatch(/^[\w-]{43}$/)
    expect(await statusOf(claw, id)).toMatchObject({ state: 'connected', connection: { account: { id: '7' } } })
  })
})

describe('a provider', () => {
  test('that redirects the token request gets no one else the code', async () => {
    await using thief = await startTokenProvider()
    await using provider = await startTokenProvider()
    await using claw = await startWith(provider, scripted(provider), [thief])
    const id = await askForLink(claw, { provider: 'acme' })
    const location = await toProvider(claw.ada, id)
    for (const status of [302, 303, 307, 308]) {
      provider.answers({ status, headers: { location: `${thief.url}/token` } })
      const next = status === 302 ? location : new URL(String((await begin(claw.ada, id)).body.location))
      await comeBack(claw, answerOf(claw, next), claw.ada.cookie)
      expect(await statusOf(claw, id)).toMatchObject({
        state: 'awaiting_user',
        problem: { message: expect.stringContaining('redirect') },
      })
    }
    expect(provider.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(Array(4).fill('POST /token'))
    expect(thief.asked).toEqual([])
    expect(await stored(claw)).toEqual(nothing)
  })

  test('gets a code of its own sessions and of no other provider’s', async () => {
    await using provider = await startTokenProvider()
    await using claw = await startWith(provider, scripted(provider))
    const [own, other] = [await askForLink(claw), await askForLink(claw, { provider: 'acme' })]
    const sandboxAnswer = await decide(await toProvider(claw.ada, own))
    await toProvider(claw.ada, other)
    await comeBack(claw, sandboxAnswer, claw.ada.cookie)
    expect(provider.asked).toEqual([])
    expect(tokenForms(claw)).toHaveLength(1)
  })
})

test('nobody of another workspace reaches a session, or connects with what is not theirs', async () => {
  await using claw = await start()
  const other = await otherWorkspace(claw)
  const mallory = await signUp(claw, { workspaceId: other.workspaceId, name: 'Mallory' })
  const id = await askForLink(claw)
  for (const what of ['open', 'authorize', 'device', 'device/poll', 'submit', 'deny']) {
    const body = { way: 'oauth2', ...(what === 'submit' && { fields: {} }) }
    expect(await onPage(mallory, id, what, body)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
  expect((await mallory.rest('GET', `/connect-sessions/${id}`)).status).toBe(404)
  expect((await claw.rest('GET', `/connect-sessions/${id}`, { key: other.key })).status).toBe(404)
  const theirs = { provider: 'sandbox', connection: other.connectionId }
  expect(await claw.rest('POST', '/connect-sessions', { body: theirs })).toMatchObject({ status: 404 })
  expect(await storedSession(claw, id)).toMatchObject({ state: 'awaiting_user', session_id: '' })

  // A member of both connects where the session belongs, and nowhere else.
  await connectByOAuth(claw, claw.ada, id)
  const made = (await stored(claw)).connections.filter(row => row.workspace_id === claw.app.workspaceId)
  expect(made).toHaveLength(1)
  expect((await stored(claw)).connections).toHaveLength(2)
})

/** A provider of the test's own, whose token endpoint answers from a script. */
const scripted = ({ url }: TokenProvider): Record<string, Connector> => ({
  acme: connector({
    name: 'Acme',
    about: 'A provider that answers from a script.',
    auth: [
      oauth2({
        authorize: `${url}/authorize`,
        token: `${url}/token`,
        scopes: ['all'],
        client: { id: 'acme-app', secret: 'acme-secret-of-the-app' },
      }),
    ],
    account: { request: 'GET /me', id: 'id', label: 'name' },
    api: { base: url },
    tools: { whoami: tool({ about: 'Who am I at Acme.', input: {}, request: 'GET /me' }) },
  }),
})

async function startWith(
  provider: TokenProvider | undefined,
  more: Record<string, Connector>,
  allowed: TokenProvider[] = [],
): Promise<Scene> {
  const outboundAllow = [...(provider ? [provider] : []), ...allowed].map(({ url }) => new URL(url).host)
  const claw = await start({ config: { outboundAllow } })
  addProviders(claw, more)
  return claw
}

/** What Acme sends the browser back with when its person consents. */
function answerOf(claw: TestClawLink, location: URL): URL {
  const back = new URL(`${claw.url}/connect/callback`)
  back.searchParams.set('code', 'acme_code_1')
  back.searchParams.set('state', location.searchParams.get('state') ?? '')
  return back
}
