/** What an attacker tries at the authorization server, as a client, as a web page, or with what was stolen. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { authenticateToken } from '../../src/accounts/grants/authenticate-token.ts'
import { Fault } from '../../src/core/errors.ts'
import { type Browser, openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import {
  approve,
  authorize,
  everything,
  exchange,
  getJson,
  letIn,
  mcpStatus,
  openClawRegistration,
  postForm,
  refresh,
  register,
} from '../kit/oauth-client.ts'

let claw: TestClawLink
let browser: Browser

beforeAll(async () => {
  claw = await startClawLink()
  browser = await openBrowser(claw)
})

afterAll(() => claw?.stop())

/** The limits of this address start anew. */
const later = () => claw.clock.move(10 * 60 * 1000)
const newClient = async (change: Record<string, unknown> = {}) => {
  later()
  const { status, body } = await register(claw, { ...openClawRegistration, ...change })
  expect(status, JSON.stringify(body)).toBe(201)
  return String(body.client_id)
}
const grantOf = async (clientName: string) => {
  const rows = await claw.app.db.read
    .selectFrom('keys')
    .innerJoin('agents', 'agents.id', 'keys.agent_id')
    .select(['keys.id as id', 'revoked_at'])
    .where('agents.name', '=', clientName)
    .execute()
  return rows.at(-1)
}

describe('registration', () => {
  test('an address that registers without end is told to wait, and others are not', async () => {
    await using flooded = await startClawLink()
    const statuses = []
    for (let count = 0; count < 31; count++) statuses.push((await register(flooded)).status)
    expect(statuses.slice(0, 30).every(status => status === 201)).toBe(true)
    const refused = await register(flooded)
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true])
    expect((await getJson(flooded, '/.well-known/oauth-authorization-server')).status).toBe(200)
    flooded.clock.move(10 * 60 * 1000)
    expect((await register(flooded)).status).toBe(201)
  })

  test('there are never more than a thousand clients that nobody uses', async () => {
    await using flooded = await startClawLink()
    const { clientId } = await letIn(flooded, await openBrowser(flooded))
    const now = flooded.clock.now()
    const row = (index: number) => ({
      id: `flood ${index}`,
      model: 'Client',
      grant_id: '',
      uid: '',
      user_code: '',
      version: 1,
      ring_version: 1,
      sealed: '',
      consumed_at: null,
      expires_at: now + 1000 + index,
    })
    await flooded.app.db.write(tx =>
      tx
        .insertInto('oauth_records')
        .values(Array.from({ length: 1010 }, (_, index) => row(index)))
        .execute(),
    )
    expect((await register(flooded)).status).toBe(201)
    const left = await flooded.app.db.read
      .selectFrom('oauth_records')
      .select('id')
      .where('model', '=', 'Client')
      .where('expires_at', 'is not', null)
      .execute()
    expect(left).toHaveLength(1000)
    expect(left.map(({ id }) => id)).not.toContain('flood 10')
    expect((await authorize(flooded, await openBrowser(flooded), { clientId })).uid).not.toBe('')
  })

  test.for([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'intent://x#Intent;end',
    'ftp://x.example/',
    'http://evil.example/callback',
    'https://user:word@x.example/',
    'https://x.example/#fragment',
    'not a url',
  ])('a redirect to %s is not taken', async uri => {
    later()
    const { status, body } = await register(claw, { ...openClawRegistration, redirect_uris: [uri] })
    expect([status, body.error]).toEqual([400, 'invalid_redirect_uri'])
  })

  test('nothing that a client says of itself makes ClawLink fetch anything', async () => {
    const fetched: (string | undefined)[] = []
    const server = createServer((incoming, outgoing) => {
      fetched.push(incoming.url)
      outgoing.end('[]')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server has a port
    const clientId = await newClient({
      redirect_uris: ['https://a.example/cb', 'https://b.example/cb'],
      sector_identifier_uri: `${url}/sector`,
      jwks_uri: `${url}/jwks`,
      logo_uri: `${url}/logo`,
      policy_uri: `${url}/policy`,
      initiate_login_uri: `${url}/login`,
    })
    await authorize(claw, browser, { clientId, redirectUri: 'https://a.example/cb' })
    expect(fetched).toEqual([])
  })
})

describe('the authorization request', () => {
  test('a redirect that was not registered gets neither a code nor an error, and is no open redirect', async () => {
    const clientId = await newClient()
    for (const redirectUri of [
      'https://evil.example/callback',
      'http://127.0.0.1:8989/oauth/callback/../../steal',
      'http://127.0.0.1:8989/oauth/callback?more=1',
      'http://localhost:8989/oauth/callback',
      'http://127.0.0.1.evil.example:8989/oauth/callback',
      'http://127.0.0.1:8989@evil.example/oauth/callback',
    ]) {
      const { answer, uid } = await authorize(claw, browser, { clientId, redirectUri })
      expect([answer.status, answer.location, uid], redirectUri).toEqual([400, '', ''])
    }
  })

  test('a mistake in a request leads to no web site, which anybody may register, but back to a program', async () => {
    const site = 'https://evil.example/fake-sign-in'
    const clientId = await newClient({ redirect_uris: [site] })
    for (const [change, error] of [
      [{ prompt: 'none' }, 'consent_required'],
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ code_challenge_method: 'plain' }, 'invalid_request'],
    ] as const) {
      const { answer } = await authorize(claw, browser, { clientId, redirectUri: site, change })
      expect([answer.status, answer.location, JSON.parse(answer.text).error]).toEqual([400, '', error])
    }
    const link = `${claw.app.url()}/oauth/authorize?${new URLSearchParams({ client_id: clientId, redirect_uri: site })}`
    const person = await fetch(link, { headers: { 'sec-fetch-dest': 'document' }, redirect: 'manual' })
    expect([person.status, person.headers.get('location')]).toEqual([303, '/consent/refused#invalid_request'])
    const asked = await authorize(claw, browser, { clientId, redirectUri: site })
    expect(asked.uid).not.toBe('')
  })

  test('only the port of a loopback redirect may differ', async () => {
    const clientId = await newClient()
    expect(
      (await authorize(claw, browser, { clientId, redirectUri: 'http://127.0.0.1:61234/oauth/callback' })).uid,
    ).not.toBe('')
    const web = await newClient({ redirect_uris: ['https://a.example/cb'] })
    const moved = await authorize(claw, browser, { clientId: web, redirectUri: 'https://a.example:444/cb' })
    expect([moved.answer.status, moved.uid]).toEqual([400, ''])
  })

  test.for([
    ['no proof key', { code_challenge: undefined, code_challenge_method: undefined }],
    ['a plain proof key', { code_challenge_method: 'plain' }],
    ['a proof key without its method', { code_challenge_method: undefined }],
  ] as const)('a request with %s gets an error, no code', async ([_, change]) => {
    const clientId = await newClient()
    const { answer, uid, state } = await authorize(claw, browser, { clientId, change })
    const { searchParams } = new URL(answer.location)
    expect([searchParams.get('error'), searchParams.get('state'), uid]).toEqual(['invalid_request', state, ''])
  })

  test.for(['https://other.example/mcp', 'http://127.0.0.1:1/mcp', 'not a url'])(
    'a request for a token to be used at %s is refused',
    async resource => {
      const clientId = await newClient()
      const { answer, uid } = await authorize(claw, browser, { clientId, resource })
      expect([new URL(answer.location).searchParams.get('error'), uid]).toEqual(['invalid_target', ''])
    },
  )

  test('a request that wants no question asked gets no code, also from a client that was let in before', async () => {
    const { clientId } = await letIn(claw, browser)
    const { answer, uid } = await authorize(claw, browser, { clientId, change: { prompt: 'none' } })
    expect([new URL(answer.location).searchParams.get('error'), uid]).toEqual(['consent_required', ''])
  })

  test.for(['form_post', 'fragment', 'web_message', 'query.jwt'])('the response mode %s is not there', async mode => {
    const clientId = await newClient()
    const { answer } = await authorize(claw, browser, { clientId, change: { response_mode: mode } })
    expect([answer.status, answer.location]).toEqual([400, ''])
    expect(answer.headers.get('content-type')).toContain('application/json')
  })

  test('no page that another site could frame or run a script in ever comes from here', async () => {
    const clientId = await newClient()
    const attempt = await authorize(claw, browser, { clientId })
    const answers = [
      attempt.answer,
      await browser.visit('/oauth/authorize'),
      await browser.visit('/oauth/authorize?client_id=<script>alert(1)</script>'),
      await browser.visit(`/oauth/authorize/${attempt.uid}x`),
      (await authorize(claw, browser, { clientId, redirectUri: 'https://evil.example/' })).answer,
    ]
    for (const { headers, text } of answers) {
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; frame-ancestors 'none'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(text).not.toContain('<')
    }
  })

  test('routes of the library that are not meant to be there are not', async () => {
    for (const [method, path] of [
      ['GET', '/oauth/session/end'],
      ['POST', '/oauth/session/end/confirm'],
      ['POST', '/session/end/confirm'],
      ['GET', '/oauth/userinfo'],
      ['POST', '/oauth/introspect'],
      ['POST', '/oauth/request'],
      ['GET', '/oauth/register/x'],
      ['POST', '/oauth/authorize'],
      ['GET', '/interaction/x'],
    ] as const)
      expect((await claw.http({ method, path })).status, `${method} ${path}`).toBe(404)
  })
})

describe('the consent', () => {
  test('a person who is lured to a request that began in another browser cannot let it in, nor see it', async () => {
    const attacker = await openBrowser(claw, { name: 'Mallory', role: 'member' })
    const clientId = await newClient()
    const attempt = await authorize(claw, attacker, { clientId })
    const lured = `/oauth/interactions/${attempt.uid}`
    expect((await browser.rest('GET', lured)).status).toBe(404)
    expect(
      (await browser.rest('POST', `${lured}/approve`, { workspaceId: claw.app.workspaceId, ...everything })).status,
    ).toBe(404)
    expect((await browser.rest('POST', `${lured}/deny`)).status).toBe(404)
    // Nor does the cookie of a request of one's own open another one.
    const own = await authorize(claw, browser, { clientId })
    const cookie = own.answer.headers.getSetCookie().find(line => line.startsWith('clawlink_consent='))
    const forged = { cookie: `${browser.session}; ${cookie?.split(';', 1)[0]}` }
    expect((await browser.rest('GET', lured, undefined, forged)).status).toBe(404)
    expect((await browser.rest('GET', `/oauth/interactions/${own.uid}`, undefined, forged)).status).toBe(200)
  })

  test('the code comes back to the browser that began, not to one that has the link', async () => {
    const clientId = await newClient()
    const attempt = await authorize(claw, browser, { clientId })
    const approved = await browser.rest('POST', `/oauth/interactions/${attempt.uid}/approve`, {
      workspaceId: claw.app.workspaceId,
      ...everything,
    })
    const thief = await openBrowser(claw, { name: 'Mallory' })
    const stolen = await thief.visit(String(approved.body.location))
    expect([stolen.status, stolen.location]).toEqual([400, ''])
    const own = await browser.visit(String(approved.body.location))
    expect(new URL(own.location).searchParams.get('code')).toMatch(/^[\w-]{43}$/)
  })

  test('a page of another site cannot decide for the person', async () => {
    const clientId = await newClient()
    const { uid } = await authorize(claw, browser, { clientId })
    for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null']) {
      const path = `/oauth/interactions/${uid}/approve`
      const body = { workspaceId: claw.app.workspaceId, ...everything }
      expect((await browser.rest('POST', path, body, { origin })).status, origin).toBe(403)
    }
    expect((await browser.rest('GET', `/oauth/interactions/${uid}`)).status).toBe(200)
  })

  test('nobody decides without being signed in, and no key ever does', async () => {
    const clientId = await newClient()
    const { uid, answer } = await authorize(claw, browser, { clientId })
    const cookie = answer.headers.getSetCookie().map(line => line.split(';', 1)[0])
    const headers = { cookie: cookie.join('; '), origin: claw.url }
    const body = { workspaceId: claw.app.workspaceId, ...everything }
    for (const key of [null, claw.key])
      expect((await claw.rest('POST', `/oauth/interactions/${uid}/approve`, { key, headers, body })).status).toBe(401)
  })

  test('a person lets clients into workspaces of their own only, and grants nothing that is not there', async () => {
    const clientId = await newClient()
    const { uid } = await authorize(claw, browser, { clientId })
    const path = `/oauth/interactions/${uid}/approve`
    const other = { workspaceId: 'ws_00000000000000000000000000000000', ...everything }
    expect((await browser.rest('POST', path, other)).status).toBe(404)
    const unknown = { workspaceId: claw.app.workspaceId, environment: 'live', scope: { connections: ['conn_theirs'] } }
    expect((await browser.rest('POST', path, unknown)).status).toBe(400)
    expect((await browser.rest('GET', `/oauth/interactions/${uid}`)).status).toBe(200)
  })

  test('two clients of one name are told apart, and allowing one allows nothing to the other', async () => {
    const registration = { ...openClawRegistration, client_name: 'Twin' }
    const { clientId } = await letIn(claw, browser, { registration })
    const evil = await newClient({ client_name: 'Twin', redirect_uris: ['https://evil.example/callback'] })
    const attempt = await authorize(claw, browser, { clientId: evil, redirectUri: 'https://evil.example/callback' })
    const { body } = await browser.rest('GET', `/oauth/interactions/${attempt.uid}`)
    expect(body.client).toEqual({
      id: evil,
      name: 'Twin',
      uri: null,
      redirectHost: 'evil.example',
      loopbackOnly: false,
      verified: false,
    })
    expect(evil).not.toBe(clientId)
    await approve(browser, attempt, claw.app.workspaceId)
    expect(await grantOf('Twin (2)')).toBeDefined()
  })

  test('of two decisions at the same time one counts', async () => {
    const clientId = await newClient({ client_name: 'Racer' })
    const { uid } = await authorize(claw, browser, { clientId })
    const body = { workspaceId: claw.app.workspaceId, ...everything }
    const decide = (how: string, sent?: unknown) => browser.rest('POST', `/oauth/interactions/${uid}/${how}`, sent)
    const answers = await Promise.all([decide('approve', body), decide('deny'), decide('approve', body)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409])
  })

  test('a denial reaches the client as an error', async () => {
    const clientId = await newClient()
    const { uid, state } = await authorize(claw, browser, { clientId })
    const { body } = await browser.rest('POST', `/oauth/interactions/${uid}/deny`)
    const { searchParams } = new URL((await browser.visit(String(body.location))).location)
    expect([searchParams.get('error'), searchParams.get('state'), searchParams.get('iss')]).toEqual([
      'access_denied',
      state,
      claw.url,
    ])
  })
})

describe('codes and tokens', () => {
  test('a code works once; when it comes again, everything that it gave ends', async () => {
    const { attempt, code, tokens } = await letIn(claw, browser)
    expect(await mcpStatus(claw, tokens.access_token)).toBe(200)
    expect((await exchange(claw, attempt, code)).body.error).toBe('invalid_grant')
    claw.clock.move(1000)
    expect(await mcpStatus(claw, tokens.access_token)).toBe(401)
    expect((await refresh(claw, attempt.clientId, tokens.refresh_token)).body.error).toBe('invalid_grant')
  })

  test.for([
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['another redirect', { redirect_uri: 'http://127.0.0.1:8990/oauth/callback' }],
    ['another resource', { resource: 'https://other.example/mcp' }],
  ] as const)('a stolen code with %s gives nothing', async ([_, change]) => {
    const clientId = await newClient()
    const attempt = await authorize(claw, browser, { clientId })
    const callback = await approve(browser, attempt, claw.app.workspaceId)
    const { status, body } = await exchange(claw, attempt, callback.searchParams.get('code') ?? '', change)
    expect(status).toBe(400)
    expect(body.access_token).toBeUndefined()
  })

  test('a code that is injected into another client’s exchange gives nothing', async () => {
    const [victim, attacker] = [await newClient(), await newClient()]
    const attempt = await authorize(claw, browser, { clientId: victim })
    const callback = await approve(browser, attempt, claw.app.workspaceId)
    const code = callback.searchParams.get('code') ?? ''
    expect((await exchange(claw, { ...attempt, clientId: attacker }, code)).body.error).toBe('invalid_grant')
    expect((await exchange(claw, attempt, code)).status).toBe(200)
  })

  test('a code ends after a minute', async () => {
    const clientId = await newClient()
    const attempt = await authorize(claw, browser, { clientId })
    const callback = await approve(browser, attempt, claw.app.workspaceId)
    claw.clock.move(60_000)
    expect((await exchange(claw, attempt, callback.searchParams.get('code') ?? '')).body.error).toBe('invalid_grant')
  })

  test('of two exchanges at the same time one counts as stolen, so both end', async () => {
    const clientId = await newClient()
    const attempt = await authorize(claw, browser, { clientId })
    const callback = await approve(browser, attempt, claw.app.workspaceId)
    const code = callback.searchParams.get('code') ?? ''
    const answers = await Promise.all([exchange(claw, attempt, code), exchange(claw, attempt, code)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400])
    claw.clock.move(1000)
    expect(await mcpStatus(claw, answers.find(({ status }) => status === 200)?.body.access_token)).toBe(401)
  })

  test('each refresh gives a new token, and one that comes again ends the whole grant', async () => {
    const { clientId, tokens } = await letIn(claw, browser)
    const second = await refresh(claw, clientId, tokens.refresh_token)
    expect(second.body.refresh_token).not.toBe(tokens.refresh_token)
    expect(await mcpStatus(claw, second.body.access_token)).toBe(200)

    expect((await refresh(claw, clientId, tokens.refresh_token)).body.error).toBe('invalid_grant')
    claw.clock.move(1000)
    expect(await mcpStatus(claw, second.body.access_token)).toBe(401)
    expect((await refresh(claw, clientId, second.body.refresh_token)).body.error).toBe('invalid_grant')
    const ended = await claw.app.db.read
      .selectFrom('audit')
      .select('action')
      .where('action', '=', 'grant.ended')
      .execute()
    expect(ended.length).toBeGreaterThan(0)
  })

  test('of two refreshes at the same time one counts as stolen, so the grant ends', async () => {
    const { clientId, tokens } = await letIn(claw, browser)
    const answers = await Promise.all([1, 2].map(() => refresh(claw, clientId, tokens.refresh_token)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400])
    const [good] = answers.filter(({ status }) => status === 200)
    claw.clock.move(1000)
    expect(await mcpStatus(claw, good?.body.access_token)).toBe(401)
    expect((await refresh(claw, clientId, good?.body.refresh_token)).body.error).toBe('invalid_grant')
  })

  test('a refresh token of one client is nothing to another', async () => {
    const { tokens } = await letIn(claw, browser)
    const stranger = await newClient()
    expect((await refresh(claw, stranger, tokens.refresh_token)).body.error).toBe('invalid_grant')
    expect(await mcpStatus(claw, tokens.access_token)).toBe(200)
  })

  test('a client with a secret is nothing without it', async () => {
    later()
    const { body } = await register(claw, { ...openClawRegistration, token_endpoint_auth_method: 'client_secret_post' })
    const clientId = String(body.client_id)
    const attempt = await authorize(claw, browser, { clientId })
    const callback = await approve(browser, attempt, claw.app.workspaceId)
    const code = callback.searchParams.get('code') ?? ''
    for (const change of [{}, { client_secret: 'wrong' }])
      expect((await exchange(claw, attempt, code, change)).body.error).toBe('invalid_client')
    expect((await exchange(claw, attempt, code, { client_secret: String(body.client_secret) })).status).toBe(200)
  })

  test('a token is accepted for the server that it was issued for and no other', async () => {
    const { tokens } = await letIn(claw, browser)
    const at = (resource: string) => authenticateToken(claw.app, String(tokens.access_token), [resource])
    expect(await at('https://other.example/mcp')).toBeInstanceOf(Fault)
    expect(await at(`${claw.url}/mcp/`)).toBeInstanceOf(Fault)
    expect(await at(`${claw.url}/mcp`)).not.toBeInstanceOf(Fault)
  })

  test('grants that a client cannot have are not there', async () => {
    const clientId = await newClient()
    for (const grant_type of [
      'password',
      'client_credentials',
      'implicit',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ])
      expect((await postForm(claw, '/oauth/token', { grant_type, client_id: clientId })).body.error).toBe(
        'unsupported_grant_type',
      )
  })
})
