/** Connections that no person signs in for: client certificates and service accounts, from the form to the call. */
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { clientCertificate, connector, jwtBearer, tool } from '../../src/catalog/define.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { addProviders, askForLink, onPage } from '../kit/connecting.ts'
import { signUp } from '../kit/person.ts'
import { selfSigned } from '../kit/self-signed.ts'
import { startTokenProvider } from '../kit/token-provider.ts'

const whoami = tool({ about: 'Who am I.', input: {}, request: 'GET /me' })

describe('a client certificate', () => {
  /** A provider that answers with the fingerprint of the certificate that it was shown, and refuses who shows none. */
  async function provider(): Promise<{ server: Server; base: string }> {
    const site = selfSigned()
    setDefaultCACertificates([...getCACertificates('default'), site.cert])
    const server = createServer({ ...site, requestCert: true, rejectUnauthorized: false }, (req, res) => {
      const { fingerprint256 } = (req.socket as TLSSocket).getPeerCertificate() // an https server's sockets are TLS
      res.writeHead(fingerprint256 ? 200 : 401, { 'content-type': 'application/json' })
      res.end(JSON.stringify({ id: 'machine', name: 'Machine', shown: fingerprint256 ?? null }))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // a TCP server that listens has one
    return { server, base: `https://localhost:${port}` }
  }

  const shown = async (claw: TestClawLink) => Object((await claw.call('machine_whoami')).body.data).shown

  test('is shown to the provider, never to anybody else, and a new one counts at once', async () => {
    const { server, base } = await provider()
    await using claw = await startClawLink({ connected: false, config: { outboundAllow: ['localhost'] } })
    const auth = [clientCertificate({ label: 'client certificate' })] as const
    const account = { request: 'GET /me', id: 'id', label: 'name' }
    const about = 'A machine that knows its clients by their certificates.'
    addProviders(claw, {
      machine: connector({ name: 'Machine', about, auth, account, api: { base }, tools: { whoami } }),
    })
    const ada = await signUp(claw)
    const [first, second] = [selfSigned(), selfSigned()]
    const fieldsOf = ({ cert, key }: { cert: string; key: string }) => ({ certificate: cert, private_key: key })

    const mixed = { certificate: first.cert, private_key: second.key }
    const wrong = await claw.rest('POST', '/connections', { body: { provider: 'machine', fields: mixed } })
    expect(wrong).toMatchObject({ status: 400, body: { invalidFields: [{ field: 'private_key' }] } })
    const made = await claw.rest('POST', '/connections', { body: { provider: 'machine', fields: fieldsOf(first) } })
    expect(made).toMatchObject({ status: 201, body: { auth: 'mtls', account: { id: 'machine' }, metadata: {} } })
    const before = await shown(claw)
    expect(await shown(claw)).toBe(before)

    const id = await askForLink(claw, { provider: 'machine', connection: String(made.body.id) })
    await onPage(ada, id, 'open')
    const again = await onPage(ada, id, 'submit', { way: 'mtls', fields: fieldsOf(second) })
    expect(again).toMatchObject({ status: 200, body: { connection: { id: made.body.id } } })
    const after = await shown(claw)
    expect(after).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
    expect(after).not.toBe(before)

    const stored = JSON.stringify([await claw.rows('connections'), await claw.rows('credentials')])
    for (const secret of [first, second].flatMap(({ key, cert }) => [key, cert].map(pem => pem.slice(40, 90))))
      expect(stored + claw.logged() + claw.answered()).not.toContain(secret)
    server.close()
    server.closeAllConnections()
  })
})

test('a service account signs for its tokens, and for the next one when the first runs out', async () => {
  await using site = await startTokenProvider()
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const auth = jwtBearer({
    label: 'service account key',
    token: `${site.url}/token`,
    scopes: ['read'],
    algorithm: 'RS256',
    claims: { iss: '{client_email}', aud: `${site.url}/token`, scope: '{scopes}' },
    key: 'private_key',
    fields: { key_file: { label: 'Key file', secret: true, lines: true } },
    file: { field: 'key_file', parts: { private_key: 'private_key', client_email: 'client_email' } },
  })
  await using claw = await startClawLink({ connected: false, config: { outboundAllow: [new URL(site.url).host] } })
  const account = { request: 'GET /me', id: 'id' }
  const about = 'A thing that robots sign in at.'
  const robots = connector({ name: 'Robots', about, auth: [auth], account, api: { base: site.url }, tools: { whoami } })
  addProviders(claw, { robots })

  const token = (access_token: string) => ({ body: { access_token, expires_in: 3600 } })
  const me = { body: { id: 'robot' } }
  site.answers(token('at-1'), me)
  const key_file = JSON.stringify({ type: 'service_account', private_key: privateKey, client_email: 'r2@x.example' })
  const made = await claw.rest('POST', '/connections', { body: { provider: 'robots', fields: { key_file } } })
  expect(made).toMatchObject({ status: 201, body: { auth: 'jwt_bearer', state: 'healthy' } })
  claw.clock.move(2 * 60 * 60_000)
  site.answers(token('at-2'), me)
  expect((await claw.call('robots_whoami')).body.outcome).toBe('succeeded')

  expect(site.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    ...['POST /token', 'GET /me'],
    ...['POST /token', 'GET /me'],
  ])
  const [first, , second, call] = site.asked
  for (const asked of [first, second]) {
    const form = new URLSearchParams(asked?.body)
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
    expect(decodeJwt(form.get('assertion') ?? '')).toMatchObject({ iss: 'r2@x.example', scope: 'read' })
  }
  expect(call?.headers.authorization).toBe('Bearer at-2')
  const stored = JSON.stringify([await claw.rows('connections'), await claw.rows('credentials')])
  expect(stored + claw.logged() + claw.answered()).not.toContain(privateKey.slice(40, 90))
})
