/** Behind a proxy that ends TLS: every URL is the public one, whatever a request says of itself. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { openApp } from '../../src/app.ts'
import { Fault } from '../../src/core/errors.ts'
import { createHttp } from '../../src/http/app.ts'
import { startClawLink } from '../kit/clawlink.ts'
import { challengeOf, openClawRegistration } from '../kit/oauth-client.ts'
import { sendHttp } from '../kit/send-http.ts'

const publicUrl = 'https://cl.example'

async function behindProxy() {
  const claw = await startClawLink()
  const opened = await openApp({ ...claw.app.config, publicUrl }, { clock: claw.clock, log: claw.app.log })
  if (opened instanceof Fault) throw new Error(opened.message)
  const http = createHttp(opened.app, () => opened.app.url())
  const server = createServer(http.listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server has a port
  return {
    async send(method: string, path: string, headers: Record<string, string> = {}, body?: unknown) {
      const json = body === undefined ? {} : { 'content-type': 'application/json' }
      return sendHttp(url, {
        method,
        path,
        headers: { host: 'cl.example', ...json, ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
    },
    async [Symbol.asyncDispose]() {
      server.close()
      await http.close()
      await opened.close()
      await claw.stop()
    },
  }
}

test('links, metadata and cookies follow the public URL, not what a request says', async () => {
  await using proxied = await behindProxy()
  const forged = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' }
  for (const headers of [{}, forged, { host: '127.0.0.1:9077' }]) {
    const metadata = await proxied.send('GET', '/.well-known/oauth-authorization-server', headers)
    expect(JSON.parse(metadata.text)).toMatchObject({ issuer: publicUrl, token_endpoint: `${publicUrl}/oauth/token` })
    const resource = await proxied.send('GET', '/.well-known/oauth-protected-resource/mcp', headers)
    expect(JSON.parse(resource.text)).toMatchObject({
      resource: `${publicUrl}/mcp`,
      authorization_servers: [publicUrl],
    })
    const refused = await proxied.send('GET', '/mcp', headers)
    expect(refused.headers.get('www-authenticate')).toContain(
      `resource_metadata="${publicUrl}/.well-known/oauth-protected-resource/mcp"`,
    )

    const registered = await proxied.send('POST', '/oauth/register', headers, openClawRegistration)
    expect(registered.status).toBe(201)
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: JSON.parse(registered.text).client_id,
      redirect_uri: openClawRegistration.redirect_uris[0] ?? '',
      code_challenge: challengeOf('v'.repeat(43)),
      code_challenge_method: 'S256',
      resource: `${publicUrl}/mcp`,
    })
    const asked = await proxied.send('GET', `/oauth/authorize?${query}`, headers)
    expect(asked.headers.get('location')).toMatch(/^https:\/\/cl\.example\/consent\/[\w-]+$/)
    for (const cookie of asked.headers.getSetCookie()) expect(cookie).toMatch(/; secure/i)
    const local = await proxied.send('GET', `/oauth/authorize?${query}&resource=http%3A%2F%2Flocalhost%3A9077%2Fmcp`)
    expect([local.status, JSON.parse(local.text).error]).toEqual([400, 'invalid_target'])
  }
})
