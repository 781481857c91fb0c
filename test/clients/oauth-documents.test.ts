/** Clients that name themselves by the URL of a document (CIMD), as Codex, Claude Code and Hermes do where it is on. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openBrowser } from '../kit/browser.ts'
import { type StartOptions, startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { approve, authorize, exchange, getJson, type Json, mcpStatus, postForm } from '../kit/oauth-client.ts'
import { selfSigned } from '../kit/self-signed.ts'

let server: Server
let base: string
const trusted = getCACertificates()
/** What the host serves, by path, and what it was asked. */
const documents = new Map<string, Json | string>()
let asked: string[] = []

beforeAll(async () => {
  const { key, cert } = selfSigned()
  setDefaultCACertificates([...trusted, cert])
  server = createServer({ key, cert }, (incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`)
    const document = documents.get(incoming.url ?? '')
    if (typeof document === 'string' && document.startsWith('https:'))
      outgoing.writeHead(302, { location: document }).end()
    else if (document === undefined) outgoing.writeHead(404).end()
    else
      outgoing
        .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=60' })
        .end(typeof document === 'string' ? document : JSON.stringify(document))
  }).listen(0, 'localhost')
  await once(server, 'listening')
  base = `https://localhost:${(server.address() as AddressInfo).port}` // a TCP server has a port
})

afterAll(() => {
  setDefaultCACertificates(trusted)
  server?.close()
})

afterEach(() => {
  vi.useRealTimers()
  documents.clear()
  asked = []
})

const redirectUri = 'http://127.0.0.1:1455/callback'

/** Publishes a document as it should be, with changes. */
function publish(path: string, change: Json = {}): string {
  const clientId = base + path
  documents.set(path, {
    client_id: clientId,
    client_name: 'Codex',
    client_uri: 'https://codex.example',
    redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    ...change,
  })
  return clientId
}

const start = (config: StartOptions['config'] = {}) =>
  startClawLink({ config: { clientDocuments: true, outboundAllow: [new URL(base).host], ...config } })

const refusal = async (claw: TestClawLink, clientId: string) => {
  const { answer, uid } = await authorize(claw, await openBrowser(claw), { clientId, redirectUri })
  expect([answer.location, uid]).toEqual(['', ''])
  return [answer.status, JSON.parse(answer.text).error]
}

test('a client gets in by its document, whatever port it listens on, and its person sees whose document it is', async () => {
  await using claw = await start()
  const { body: metadata } = await getJson(claw, '/.well-known/oauth-authorization-server')
  expect(metadata.client_id_metadata_document_supported).toBe(true)

  const clientId = publish('/codex/client.json')
  const browser = await openBrowser(claw)
  const attempt = await authorize(claw, browser, { clientId, redirectUri })
  const { body } = await browser.rest('GET', `/oauth/interactions/${attempt.uid}`)
  expect(body.client).toEqual({
    id: clientId,
    name: 'Codex',
    uri: 'https://codex.example',
    redirectHost: '127.0.0.1:1455',
    loopbackOnly: true,
    verified: true,
  })
  const callback = await approve(browser, attempt, claw.app.workspaceId)
  const tokens = await exchange(claw, attempt, callback.searchParams.get('code') ?? '')
  expect(await mcpStatus(claw, tokens.body.access_token)).toBe(200)
  expect(asked).toEqual(['GET /codex/client.json'])
})

test('a document that says nothing of how the client proves itself is that of a public client', async () => {
  await using claw = await start()
  const clientId = publish('/plain.json', { token_endpoint_auth_method: undefined, grant_types: undefined })
  expect((await authorize(claw, await openBrowser(claw), { clientId, redirectUri })).uid).not.toBe('')
})

test('a device may be such a client too', async () => {
  await using claw = await start()
  const clientId = publish('/hermes.json', {
    client_name: 'Hermes',
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  })
  const { body } = await postForm(claw, '/oauth/device-authorization', { client_id: clientId })
  const shown = await (await openBrowser(claw)).rest('GET', `/oauth/device?code=${body.user_code}`)
  expect(shown.body.client).toMatchObject({ id: clientId, name: 'Hermes', verified: true })
})

test('when the redirects of a document change, an earlier consent is worth nothing for the new ones', async () => {
  await using claw = await start()
  const browser = await openBrowser(claw)
  const clientId = publish('/changing.json')
  const first = await authorize(claw, browser, { clientId, redirectUri })
  await approve(browser, first, claw.app.workspaceId)

  const moved = 'https://evil.example/callback'
  publish('/changing.json', { redirect_uris: [moved] })
  // Until the time is over that the document's host gave it.
  expect((await authorize(claw, browser, { clientId, redirectUri: moved })).uid).toBe('')
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(Date.now() + 61_000)
  const { uid, answer } = await authorize(claw, browser, { clientId, redirectUri: moved })
  expect(answer.location).toBe(`${claw.url}/consent/${uid}`)
  const { body } = await browser.rest('GET', `/oauth/interactions/${uid}`)
  expect(body.client).toMatchObject({ redirectHost: 'evil.example', loopbackOnly: false })
  expect((await authorize(claw, browser, { clientId, redirectUri })).answer.status).toBe(400)
})

describe('a document is refused', () => {
  test('where the owner has not turned this on, without a request to its host', async () => {
    await using claw = await start({ clientDocuments: false })
    expect(await refusal(claw, publish('/off.json'))).toEqual([400, 'invalid_client'])
    expect(asked).toEqual([])
  })

  test('on a private or local address, without a request to it', async () => {
    await using claw = await start({ outboundAllow: [] })
    const { port } = new URL(base)
    for (const url of [
      publish('/private.json'),
      `https://127.0.0.1:${port}/private.json`,
      `https://[::1]:${port}/private.json`,
      'https://169.254.169.254/latest/meta-data',
      'https://10.0.0.1/client.json',
    ])
      expect(await refusal(claw, url), url).toEqual([400, 'invalid_client'])
    expect(asked).toEqual([])
  })

  test.for([
    ['of another client id', { client_id: 'https://claude.ai/client.json' }],
    ['without its client id', { client_id: undefined }],
    ['with a secret', { client_secret: 'open to all' }],
    ['of a client that proves itself by a secret', { token_endpoint_auth_method: 'client_secret_post' }],
    ['larger than five kilobytes', { client_uri: `https://a.example/${'x'.repeat(6000)}` }],
    ['with a redirect that runs a script', { redirect_uris: ['javascript:alert(1)'] }],
  ] as const)('%s', async ([_, change]) => {
    await using claw = await start()
    const [status, error] = await refusal(claw, publish('/bad.json', change))
    expect([status, error]).toEqual([400, expect.stringMatching(/^invalid_(client|client_metadata|redirect_uri)$/)])
  })

  test('that is no JSON, or is not there', async () => {
    await using claw = await start()
    documents.set('/text.json', 'hello')
    expect(await refusal(claw, `${base}/text.json`)).toEqual([400, 'invalid_client'])
    expect(await refusal(claw, `${base}/none.json`)).toEqual([400, 'invalid_client'])
  })

  test('behind a redirect: an open redirector would let anybody speak as its host', async () => {
    await using claw = await start()
    const clientId = `${base}/redirector?to=theirs`
    documents.set('/redirector?to=theirs', `${base}/theirs.json`)
    publish('/theirs.json', { client_id: clientId })
    expect(await refusal(claw, clientId)).toEqual([400, 'invalid_client'])
    expect(new Set(asked)).toEqual(new Set(['GET /redirector?to=theirs']))
  })

  test('once an address has made ClawLink fetch too many', async () => {
    await using claw = await start()
    const tried = []
    for (let count = 0; count < 35; count++) tried.push(await refusal(claw, `${base}/many-${count}.json`))
    expect(tried.every(([_, error]) => error === 'invalid_client')).toBe(true)
    expect(asked).toHaveLength(30)
  })
})
