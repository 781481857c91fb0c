import type { Client } from 'oidc-provider'
import { plainName } from '../../accounts/grants/agent-of-client.ts'
import type { AskingClient } from '../../accounts/grants/consent.ts'
import { isLoopback } from '../../core/is-loopback.ts'
import { isDocument } from './client-metadata.ts'

/** A client as the person who decides about it sees it. `redirectUri` is where its answer goes; a device has none. */
export function askingClient(client: Client, redirectUri?: string): AskingClient {
  const redirect = redirectUri === undefined ? null : URL.parse(redirectUri)
  const redirectHost = redirect ? shownHost(redirect) : ''
  return {
    id: client.clientId,
    name: plainName(client.clientName ?? '') || plainName(redirectHost) || 'MCP client',
    uri: client.clientUri ?? null,
    redirectHost,
    loopbackOnly: redirect !== null && redirect.protocol === 'http:' && isLoopback(redirect.hostname),
    verified: isDocument(client.clientId),
  }
}

/** Of a web address the host; of an app's own scheme that scheme too, which is what tells apps apart. */
function shownHost({ protocol, host }: URL): string {
  return /^https?:$/.test(protocol) ? host : `${protocol}//${host}`
}
