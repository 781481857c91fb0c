/** What a member or a provider could make of secrets that are not theirs, and of keys that cost too much to use. */
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { apiKey, type Connector, connector, oauth2, tool } from '../../src/catalog/define.ts'
import { blankEcho } from '../../src/connections/blank-echo.ts'
import { tokenRequest } from '../../src/connections/oauth/token-request.ts'
import { pickConnection } from '../../src/connections/pick-connection.ts'
import { Secret } from '../../src/core/secret.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { addProviders, begin, comeBack, onPage, stored } from '../kit/connecting.ts'
import { connectionRow } from '../kit/connection-row.ts'
import { type Person, signUp } from '../kit/person.ts'
import { startPractice } from '../kit/practice-claw.ts'
import { startTokenProvider } from '../kit/token-provider.ts'

const hostOf = ({ url }: { url: string }) => new URL(url).host

/** A provider that people run themselves: whoever connects types in where it is. */
const forge = (home: string): Connector =>
  connector({
    name: 'Forge',
    about: 'Runs wherever people put it.',
    auth: [oauth2({ authorize: 'http://{host}/authorize', token: 'http://{host}/token', scopes: ['all'] })],
    inputs: { host: { label: 'Server', default: home } },
    account: { request: 'GET /me', id: 'id', label: 'name' },
    api: { base: 'http://{host}' },
    tools: { whoami: tool({ about: 'Who am I there.', input: {}, request: 'GET /me' }) },
  })

const appSecret = 'secret_of_the_owners_app'

describe('the secret of an OAuth app', () => {
  async function start(servers: { url: string }[]) {
    const [home = ''] = servers.map(hostOf)
    const claw = await startClawLink({ connected: false, config: { outboundAllow: servers.map(hostOf) } })
    addProviders(claw, { forge: forge(home) })
    const [ada, eve] = [await signUp(claw), await signUp(claw, { role: 'member', name: 'Eve' })]
    const body = { registration: 'forge', clientId: 'forge-app', clientSecret: appSecret }
    expect((await ada.rest('POST', '/oauth-apps', { body })).status).toBe(201)
    return { ...claw, ada, eve }
  }

  /** Goes to the provider at this host, and comes back with a code. */
  async function connectAt(claw: TestClawLink, person: Person, inputs: Record<string, string>) {
    const made = await person.rest('POST', '/connect-sessions', { body: { provider: 'forge' } })
    const id = String(made.body.id)
    await onPage(person, id, 'open')
    const begun = await begin(person, id, { inputs })
    if (begun.status !== 200) return begun
    const back = new URL(`${claw.url}/connect/callback?code=code_1`)
    back.searchParams.set('state', new URL(String(begun.body.location)).searchParams.get('state') ?? '')
    await comeBack(claw, back, person.cookie)
    return person.rest('GET', `/connect-sessions/${id}`)
  }

  const good = [{ body: { access_token: 'forge_token_1' } }, { body: { id: 7, name: 'Ada' } }]

  test('goes to no server that a member makes up', async () => {
    await using home = await startTokenProvider()
    await using thief = await startTokenProvider()
    await using claw = await start([home, thief])
    thief.answers(...good)
    const refused = await connectAt(claw, claw.eve, { host: hostOf(thief) })
    expect(thief.asked).toEqual([])
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden', invalidFields: [{ field: 'host' }] } })
    expect((await stored(claw)).connections).toEqual([])
  })

  test('goes to the provider’s own server for every member, and to another one once an admin has connected it', async () => {
    await using home = await startTokenProvider()
    await using own = await startTokenProvider()
    await using claw = await start([home, own])
    home.answers(...good)
    expect((await connectAt(claw, claw.eve, {})).body).toMatchObject({ state: 'connected' })
    expect(home.asked[0]?.body).toContain(appSecret)
    const there = { host: hostOf(own) }
    expect((await connectAt(claw, claw.eve, there)).status).toBe(403)
    own.answers(...good)
    expect((await connectAt(claw, claw.ada, there)).body).toMatchObject({ state: 'connected' })
    own.answers(...good)
    expect((await connectAt(claw, claw.eve, there)).body).toMatchObject({ state: 'connected' })
  })
})

describe('a private key that would take minutes to sign with', () => {
  /** An RSA key of random numbers (RFC 8017, A.1.2), which are as much work as good ones. */
  function madeUpKey(bits: number): string {
    const random = (size: number) => Buffer.concat([Buffer.from([0x7f]), randomBytes(size / 8 - 2), Buffer.from([1])])
    const whole = [Buffer.from([0]), random(bits), Buffer.from([1, 0, 1]), random(bits)]
    const halves = Array.from({ length: 5 }, () => random(bits / 2))
    const der = tagged(0x30, Buffer.concat([...whole, ...halves].map(number => tagged(0x02, number))))
    return `-----BEGIN RSA PRIVATE KEY-----\n${der.toString('base64')}\n-----END RSA PRIVATE KEY-----\n`
  }
  const tagged = (tag: number, content: Buffer) =>
    Buffer.concat([Buffer.from([tag, 0x83, 0, content.length >> 8, content.length & 255]), content])

  test('is told of, and never used', async () => {
    await using claw = await startClawLink({ connected: false })
    const ada = await signUp(claw)
    const privateKey = madeUpKey(32_768)
    // It is a key all the same: only how large it is speaks against it.
    expect(createPublicKey(createPrivateKey(privateKey)).asymmetricKeyType).toBe('rsa')
    const began = process.cpuUsage()
    const file = JSON.stringify({ client_email: 'a@b.example', private_key: privateKey, private_key_id: 'k' })
    const body = { provider: 'google_drive', way: 'service_account', fields: { key_file: file } }
    const wrong = { status: 400, body: { invalidFields: [{ field: 'key_file' }] } }
    expect(await claw.rest('POST', '/connections', { body })).toMatchObject(wrong)
    const small = { registration: 'gitlab', clientId: 'c', privateKey: madeUpKey(16_384) }
    const app = await ada.rest('POST', '/oauth-apps', { body: small })
    expect(app).toMatchObject({ status: 400, body: { invalidFields: [{ field: 'privateKey' }] } })
    // By what this process did: what others do on this machine is not the keys' doing.
    const { user, system } = process.cpuUsage(began)
    expect((user + system) / 1000).toBeLessThan(5_000)
  })
})

test('a refresh whose answer is late is not repeated while that may still come: rotation takes none twice', async () => {
  await using claw = await startPractice({ config: { callTimeoutMs: 600_000 } })
  const { id } = await claw.connectPractice({ endsInMs: 0 })
  claw.provider.play({ kind: 'hold' })
  const waiting = claw.look()
  await claw.provider.arrived(1)
  claw.clock.move(15_000)
  expect((await waiting).body).toMatchObject({ code: 'provider_unavailable' })
  claw.clock.move(40_000)
  expect((await claw.look()).body).toMatchObject({ code: 'provider_unavailable' })
  expect(claw.provider.asked).toHaveLength(1)
  claw.provider.release()
  await expect.poll(async () => (await claw.stored(id)).connection.state).toBe('healthy')
  expect((await claw.look()).status).toBe(200)
  expect(claw.provider.liveCount()).toBe(1)
})

test.each([
  ['a character that JSON may escape', 'łukasz-pass', '\\u0142ukasz-pass'],
  ['a character of two code units', 'pass😀word', 'pass\\ud83d\\ude00word'],
  ['a character of several bytes in a URL', 'pässwörd', 'p%C3%A4ssw%c3%b6rd'],
  ['a blank, as a form has it', 'my pass', 'my+pass'],
])('a secret with %s is blanked in an answer that repeats it', (_, secret, written) => {
  const body = Buffer.from(`before ${written} after`)
  const answer = blankEcho({ kind: 'answered', status: 200, headers: {}, body }, [secret])
  expect('body' in answer && answer.body.toString()).toBe('before ••• after')
})

test('an account that the provider calls like the id of another connection is not taken for it', () => {
  const [alike, named] = [connectionRow({ id: 'conn_0', label: 'conn_1' }), connectionRow({ id: 'conn_1' })]
  const asked = { provider: 'demo', requested: 'conn_1', principal: { environment: 'live' as const } }
  expect(pickConnection([alike, named], asked)).toBe(named)
})

test('the secret of a client that stands in a parameter of the provider’s own is among those that nothing repeats', () => {
  const auth = oauth2({
    authorize: 'https://acme.example/authorize',
    token: 'https://acme.example/token',
    scopes: [],
    pkce: 'off',
    clientAuth: 'none',
    tokenParams: { app_key: '{client_secret}' },
  })
  const client = { id: 'acme', secret: new Secret(appSecret), appId: '' }
  const context = { provider: { connector: { name: 'Acme' } }, auth, client, values: {} }
  const grant = { grant: 'code' as const, code: 'code_1', redirectUri: 'https://claw.example/connect/callback' }
  const request = tokenRequest(context, grant, auth.token, { nowMs: 0, nonce: 'n' })
  expect(request).toMatchObject({ wire: { body: expect.stringContaining(appSecret) } })
  expect('secrets' in request && request.secrets).toContain(appSecret)
})

describe('a connector whose address a person types in', () => {
  /** A self-hosted thing that knows its accounts by small numbers. */
  const forge = connector({
    name: 'Forge',
    about: 'A thing that people host for themselves.',
    auth: [apiKey({ label: 'token' })],
    inputs: { host: { label: 'Host' } },
    account: { request: 'GET /me', id: 'id' },
    api: { base: 'http://{host}' },
    tools: { whoami: tool({ about: 'Who am I.', input: {}, request: 'GET /me' }) },
  })
  const hostOf = ({ url }: { url: string }) => new URL(url).host
  const connected = (claw: TestClawLink, host: string) =>
    claw.rest('POST', '/connections', { body: { provider: 'forge', fields: { host, secret: 'x' } } })

  test('cannot reach the Vault of whoever runs ClawLink, neither at once nor by a redirect', async () => {
    await using vault = await startTokenProvider()
    await using theirs = await startTokenProvider()
    const config = { vaultUrl: vault.url, vaultToken: new Secret('tok'), outboundAllow: [hostOf(theirs)] }
    await using claw = await startClawLink({ connected: false, config })
    addProviders(claw, { forge })
    theirs.answers({ body: { id: 1 } }, { status: 302, headers: { location: `${vault.url}/v1/secret/data/x` } })
    expect((await connected(claw, hostOf(theirs))).status).toBe(201)
    expect((await claw.call('forge_whoami')).body.code).toBe('policy_denied')
    expect((await connected(claw, hostOf(vault))).status).toBe(502)
    expect(vault.asked).toEqual([])
  })

  test('is another account at another address, though its number there is the same', async () => {
    await using own = await startTokenProvider()
    await using theirs = await startTokenProvider()
    const outboundAllow = [hostOf(own), hostOf(theirs)]
    await using claw = await startClawLink({ connected: false, config: { outboundAllow } })
    addProviders(claw, { forge })
    const eve = await signUp(claw, { role: 'member', name: 'Eve' })
    own.answers({ body: { id: 1 } })
    theirs.answers({ body: { id: 1 } })
    const { body } = await connected(claw, hostOf(own))
    const asked = await eve.rest('POST', '/connect-sessions', { body: { provider: 'forge', connection: body.id } })
    await onPage(eve, String(asked.body.id), 'open')
    const fields = { host: hostOf(theirs), secret: 'y' }
    expect((await onPage(eve, String(asked.body.id), 'submit', { way: 'api_key', fields })).status).toBe(409)
    expect((await stored(claw)).connections[0]?.metadata).toBe(JSON.stringify({ host: hostOf(own) }))
  })
})

test('a key that may add connections does not decide where other agents’ calls go', async () => {
  await using claw = await startClawLink()
  const key = await claw.newKey({ agent: 'another', scope: { manageConnections: true, effects: [] } })
  const body = { provider: 'sandbox', secret: claw.sandbox.accounts[1].apiKey, label: 'theirs' }
  expect((await claw.rest('POST', '/connections', { key, body: { ...body, makeDefault: true } })).status).toBe(403)
  const made = await claw.rest('POST', '/connections', { key, body })
  expect(made.status).toBe(201)
  const change = { key, body: { isDefault: true } }
  expect((await claw.rest('PATCH', `/connections/${made.body.id}`, change)).status).toBe(403)
  expect((await claw.call('sandbox_whoami')).body.code).toBe('ambiguous_connection')
})
