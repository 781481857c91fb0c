/** Both lines of the official client, all the way from a refusal to a call, and on when their token has run out. */
import * as v2 from '@modelcontextprotocol/client'
import type { OAuthClientProvider, OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js'
import { describe, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { approve, openClawRegistration } from '../kit/oauth-client.ts'

const redirectUrl = openClawRegistration.redirect_uris[0] ?? ''

/** Keeps what a client has to keep, and hands the person's browser the URL to go to. */
function keeper() {
  let information: OAuthClientInformationMixed | undefined
  let tokens: OAuthTokens | undefined
  let discovery: OAuthDiscoveryState | undefined
  let verifier = ''
  let sentTo: URL | undefined
  const provider = {
    redirectUrl,
    // OpenClaw's own words; the scope comes from the metadata.
    clientMetadata: {
      client_name: openClawRegistration.client_name,
      redirect_uris: openClawRegistration.redirect_uris,
      grant_types: openClawRegistration.grant_types,
      response_types: openClawRegistration.response_types,
      token_endpoint_auth_method: openClawRegistration.token_endpoint_auth_method,
    } satisfies OAuthClientMetadata,
    state: () => 'a-state',
    clientInformation: () => information,
    saveClientInformation(given: OAuthClientInformationMixed) {
      information = given
    },
    tokens: () => tokens,
    saveTokens(given: OAuthTokens) {
      tokens = given
    },
    redirectToAuthorization(url: URL) {
      sentTo = url
    },
    saveCodeVerifier(given: string) {
      verifier = given
    },
    codeVerifier: () => verifier,
    saveDiscoveryState(given: OAuthDiscoveryState) {
      discovery = given
    },
    discoveryState: () => discovery,
    invalidateCredentials(what: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery') {
      if (what === 'all' || what === 'tokens') tokens = undefined
      if (what === 'all' || what === 'client') information = undefined
    },
  } satisfies OAuthClientProvider
  return { provider, sentTo: () => sentTo, tokens: () => tokens }
}

/** The person, who goes where the client says and agrees. Gives what comes back to the client. */
async function person(claw: TestClawLink, browser: Browser, sentTo: URL | undefined): Promise<URLSearchParams> {
  expect(sentTo?.origin).toBe(claw.url)
  const { location } = await browser.visit(String(sentTo))
  const uid = /\/consent\/([\w-]+)$/.exec(location)?.[1] ?? ''
  return (await approve(browser, { uid }, claw.app.workspaceId)).searchParams
}

const wish = { name: 'clawlink_call_tool', arguments: { tool: 'sandbox_list_projects' } }

/** The two as one: each is made anew after the person agreed, as a program does. */
const lines = {
  'v1, as OpenClaw uses it': {
    async connect(url: string, { provider }: ReturnType<typeof keeper>) {
      const client = new Client({ name: 'openclaw-bundle-mcp', version: '2026.9.6' }, { capabilities: {} })
      const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { authProvider: provider })
      const refused = await client.connect(transport).then(
        () => undefined,
        cause => cause,
      )
      return {
        isRefused: refused instanceof UnauthorizedError,
        refused,
        finish: (answer: URLSearchParams) => transport.finishAuth(answer.get('code') ?? ''),
        call: () => client.callTool(wish),
        close: () => client.close(),
      }
    },
  },
  v2: {
    async connect(url: string, { provider }: ReturnType<typeof keeper>) {
      const client = new v2.Client({ name: 'modern', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
      const transport = new v2.StreamableHTTPClientTransport(new URL(`${url}/mcp`), { authProvider: provider })
      const refused = await client.connect(transport).then(
        () => undefined,
        cause => cause,
      )
      return {
        isRefused: refused instanceof v2.UnauthorizedError,
        refused,
        finish: (answer: URLSearchParams) => transport.finishAuth(answer),
        call: () => client.callTool(wish),
        close: () => client.close(),
      }
    },
  },
}

describe.each(Object.entries(lines))('the official client, %s', (_, { connect }) => {
  test('finds its way in by itself, calls a tool, and renews its token when that has run out', async () => {
    await using claw = await startClawLink()
    const browser = await openBrowser(claw)
    const kept = keeper()

    const first = await connect(claw.url, kept)
    expect(first.isRefused, String(first.refused)).toBe(true)
    await first.finish(await person(claw, browser, kept.sentTo()))
    await first.close()
    expect(kept.tokens()).toMatchObject({ token_type: 'Bearer', scope: 'mcp' })

    const second = await connect(claw.url, kept)
    expect(second.refused).toBeUndefined()
    expect((await second.call()).structuredContent).toMatchObject({ outcome: 'succeeded' })

    const before = kept.tokens()?.access_token
    claw.clock.move(60 * 60 * 1000)
    expect((await second.call()).structuredContent).toMatchObject({ outcome: 'succeeded' })
    expect(kept.tokens()?.access_token).not.toBe(before)
    await second.close()
  })

  test('finds the same way in when the URL says localhost', async () => {
    await using claw = await startClawLink()
    const kept = keeper()
    const url = claw.url.replace('127.0.0.1', 'localhost')
    const first = await connect(url, kept)
    expect(first.isRefused, String(first.refused)).toBe(true)
    await first.finish(await person(claw, await openBrowser(claw), kept.sentTo()))
    await first.close()
    const second = await connect(url, kept)
    expect((await second.call()).structuredContent).toMatchObject({ outcome: 'succeeded' })
    await second.close()
  })

  test('asks its person again once the grant was revoked', async () => {
    await using claw = await startClawLink()
    const browser = await openBrowser(claw)
    const kept = keeper()
    const first = await connect(claw.url, kept)
    await first.finish(await person(claw, browser, kept.sentTo()))
    await first.close()
    const [grant] = (await claw.rows('keys')).filter(({ kind }) => kind === 'oauth')
    await browser.rest('DELETE', `/keys/${grant?.id}`)
    const again = await connect(claw.url, kept)
    expect(again.isRefused, String(again.refused)).toBe(true)
    await again.close()
  })
})
