/** What each MCP host sends on its way in by OAuth: exactly those requests, up to tokens that work. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import {
  approve,
  authorize,
  exchange,
  getJson,
  type Json,
  mcpStatus,
  openClawRegistration,
  postForm,
  register,
} from '../kit/oauth-client.ts'

let claw: TestClawLink
let browser: Browser

beforeAll(async () => {
  claw = await startClawLink()
  browser = await openBrowser(claw)
})

afterAll(() => claw?.stop())

const standard = {
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
}

/** `uses`: redirects that the host then really asks for, which need not be those of the list, port for port. */
const hosts: { name: string; registration: Json; uses: string[]; asks?: Record<string, string | undefined> }[] = [
  { name: 'OpenClaw', registration: openClawRegistration, uses: ['http://127.0.0.1:8989/oauth/callback'] },
  {
    name: 'Codex',
    registration: { ...standard, client_name: 'Codex', redirect_uris: ['http://127.0.0.1:41233/callback'] },
    uses: ['http://127.0.0.1:41233/callback', 'http://127.0.0.1:60001/callback'],
  },
  {
    name: 'Claude Code',
    registration: {
      ...standard,
      client_name: 'Claude Code (clawlink)',
      redirect_uris: ['http://localhost:54545/callback'],
    },
    uses: ['http://localhost:54545/callback', 'http://localhost:3118/callback'],
  },
  {
    name: 'Gemini CLI',
    registration: {
      ...standard,
      client_name: 'Gemini CLI MCP Client',
      redirect_uris: ['http://localhost:7777/oauth/callback'],
      code_challenge_method: ['S256'],
      scope: '',
    },
    uses: ['http://localhost:7777/oauth/callback'],
    asks: { scope: undefined },
  },
  {
    name: 'Cursor',
    registration: {
      ...standard,
      client_name: 'Cursor',
      client_uri: 'https://cursor.com',
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'http://localhost:8787/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
      ],
    },
    uses: [
      'cursor://anysphere.cursor-mcp/oauth/callback',
      'http://localhost:8787/callback',
      'https://www.cursor.com/agents/mcp/oauth/callback',
    ],
  },
  {
    name: 'VS Code',
    registration: {
      ...standard,
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      application_type: 'native',
    },
    uses: ['http://127.0.0.1:33418/', 'http://127.0.0.1:51234/', 'https://vscode.dev/redirect'],
  },
  {
    name: 'a client of OpenID Connect habits',
    registration: {
      ...standard,
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      client_name: 'Habits',
      application_type: 'web',
      redirect_uris: ['http://localhost:4000/cb'],
      scope: 'openid profile offline_access',
      subject_type: 'public',
    },
    uses: ['http://localhost:4000/cb'],
    asks: { scope: 'openid offline_access mcp', prompt: 'consent', nonce: 'n', max_age: '0' },
  },
  {
    name: 'a client of the time before resource indicators',
    registration: {
      client_name: 'Old',
      redirect_uris: ['http://localhost:4000/cb'],
      token_endpoint_auth_method: 'none',
    },
    uses: ['http://localhost:4000/cb'],
    asks: { resource: undefined, scope: undefined },
  },
]

describe.each(hosts)('$name', ({ registration, uses, asks = {} }) => {
  test('registers, is let in, and gets tokens that work and can be renewed', async () => {
    const registered = await register(claw, registration)
    expect(registered.status, JSON.stringify(registered.body)).toBe(201)
    expect(registered.body).toMatchObject({
      client_name: registration.client_name,
      redirect_uris: registration.redirect_uris,
      token_endpoint_auth_method: 'none',
      grant_types: expect.arrayContaining(['authorization_code', 'refresh_token']),
    })
    expect(registered.body.client_secret).toBeUndefined()
    for (const redirectUri of uses) {
      const clientId = String(registered.body.client_id)
      const attempt = await authorize(claw, browser, { clientId, redirectUri, change: asks })
      expect(attempt.uid, attempt.answer.text).not.toBe('')
      const callback = await approve(browser, attempt, claw.app.workspaceId)
      expect(callback.href.split('?', 1)[0]).toBe(redirectUri)
      expect(callback.searchParams.get('state')).toBe(attempt.state)
      expect(callback.searchParams.get('iss')).toBe(claw.url)
      const { body } = await exchange(claw, attempt, callback.searchParams.get('code') ?? '')
      expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, refresh_token: expect.any(String) })
      expect(body.id_token).toBeUndefined()
      expect(await mcpStatus(claw, body.access_token)).toBe(200)
    }
    claw.clock.move(10 * 60 * 1000)
  })
})

describe('the way in is found', () => {
  const challenge = (host: string) =>
    `Bearer resource_metadata="http://${host}/.well-known/oauth-protected-resource/mcp", scope="mcp"`

  test.for([
    ['Codex, which asks with a version of 2024', 'GET', { 'mcp-protocol-version': '2024-11-05' }],
    ['Hermes, which looks at the content type first', 'HEAD', {}],
    ['a client that asks for a stream', 'GET', { accept: 'text/event-stream', 'mcp-protocol-version': '2025-11-25' }],
    ['a client that ends a session', 'DELETE', { 'mcp-session-id': 'x' }],
    ['Claude Code, which asks what the server is', 'POST', { 'mcp-protocol-version': '2026-07-28' }],
    ['a version that nobody knows', 'GET', { 'mcp-protocol-version': '1999-01-01' }],
  ] as const)('by %s', async ([_, method, headers]) => {
    const answer = await claw.http({ method, path: '/mcp', headers, ...(method === 'POST' && { body: '{}' }) })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challenge(new URL(claw.url).host)])
  })

  test('by a client whose token is no good, which is told so', async () => {
    for (const token of ['x', 'x'.repeat(43), `cllk_live_${'0'.repeat(48)}`]) {
      const answer = await getJson(claw, '/mcp', { authorization: `Bearer ${token}` })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
    }
  })

  test('under the name that the client asked, when it is one of ours', async () => {
    const { port } = new URL(claw.url)
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      const refused = await getJson(claw, '/mcp', { host })
      expect(refused.headers.get('www-authenticate')).toBe(challenge(host))
      for (const path of ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource']) {
        const { status, body } = await getJson(claw, path, { host })
        expect(status).toBe(200)
        expect(body).toEqual({
          resource: `http://${host}/mcp`,
          authorization_servers: [claw.url],
          scopes_supported: ['mcp'],
          bearer_methods_supported: ['header'],
          resource_name: 'ClawLink',
        })
      }
    }
    // An address that answers, but of which nobody says that it is ours alone.
    const other = await getJson(claw, '/.well-known/oauth-protected-resource/mcp', { host: `10.1.2.3:${port}` })
    expect(other.body.resource).toBe(`${claw.url}/mcp`)
  })

  test('in metadata whose issuer is the same in every place, byte for byte', async () => {
    const { status, headers, body } = await getJson(claw, '/.well-known/oauth-authorization-server')
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(body).toMatchObject({
      issuer: claw.url,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      registration_endpoint: `${claw.url}/oauth/register`,
    })
    expect(body).not.toHaveProperty('client_id_metadata_document_supported')
    expect(JSON.stringify(body)).not.toContain('offline_access')
    for (const [name, value] of Object.entries(body))
      if (name.endsWith('_endpoint')) expect(String(value).startsWith(`${claw.url}/oauth/`), name).toBe(true)
    expect((await getJson(claw, '/.well-known/openid-configuration')).status).toBe(404)
  })

  test('and every endpoint that the metadata names is there', async () => {
    const { body } = await getJson(claw, '/.well-known/oauth-authorization-server')
    const post = (url: unknown) => postForm(claw, new URL(String(url)).pathname, {})
    for (const name of ['token_endpoint', 'revocation_endpoint', 'device_authorization_endpoint'])
      expect((await post(body[name])).body.error, name).toMatch(/^invalid_(request|client)$/)
    expect((await browser.visit(String(body.authorization_endpoint))).status).toBe(400)
    expect((await getJson(claw, new URL(String(body.jwks_uri)).pathname)).body.keys).toHaveLength(1)
  })
})

test('Hermes gets in by the device flow, registered for both ways as it does', async () => {
  const { body: client } = await register(claw, {
    client_name: 'Hermes Agent',
    redirect_uris: ['http://127.0.0.1:27890/callback'],
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    scope: 'mcp',
  })
  const clientId = String(client.client_id)
  const began = await postForm(claw, '/oauth/device-authorization', {
    client_id: clientId,
    scope: 'mcp',
    resource: `${claw.url}/mcp`,
  })
  await browser.rest('POST', '/oauth/device/approve', {
    code: began.body.user_code,
    workspaceId: claw.app.workspaceId,
    environment: 'live',
    scope: {},
  })
  const { body } = await postForm(claw, '/oauth/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: String(began.body.device_code),
    client_id: clientId,
    resource: `${claw.url}/mcp`,
  })
  expect(await mcpStatus(claw, body.access_token)).toBe(200)
})

test('a static key goes on working beside all of this', async () => {
  expect((await claw.mcp('tools/list')).status).toBe(200)
  expect((await claw.mcp('tools/list', {}, { authorization: '', 'x-clawlink-api-key': claw.key })).status).toBe(200)
})
