import { createHash } from 'node:crypto'
import { AgentCard } from '@a2a-js/sdk'
import { LegacyRestTransportHandler } from '@a2a-js/sdk/compat/v0_3/server'
import { responseOf } from '../answer.ts'
import type { A2aAsked } from './asked.ts'

/** Where clients of version 0.3 and before look for a card; theirs has another shape. */
export const legacyCardPath = '/.well-known/agent.json'

/** An agent's card (A2A 1.0, section 8): in the form of version 0.3 where a client asks for that, or at its old place. */
export async function serveCard({ incoming, path, handler, context }: A2aAsked): Promise<Response> {
  const isLegacy = path === legacyCardPath || incoming.headers['a2a-version'] === '0.3'
  const value = isLegacy
    ? await new LegacyRestTransportHandler(handler).getAuthenticatedExtendedAgentCard(context)
    : AgentCard.toJSON(await handler.getAgentCard())
  const body = JSON.stringify(value)
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, max-age=60',
    vary: 'A2A-Version, Authorization, X-ClawLink-API-Key',
    etag,
  }
  const isKnown = incoming.headers['if-none-match']?.split(',').some(each => each.trim() === etag)
  return isKnown ? new Response(null, { status: 304, headers }) : responseOf({ status: 200, headers, body })
}
