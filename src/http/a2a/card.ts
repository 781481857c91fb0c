import { createHash } from 'node:crypto'
import { AgentCard } from '@a2a-js/sdk'
import { LegacyRestTransportHandler } from '@a2a-js/sdk/compat/v0_3/server'
import { responseOf } from '../answer.ts'
import type { A2aAsked } from './asked.ts'

/**
 * An agent's card. Whoever asks for no version of A2A may be a client of version 0.3, which sends no such header: it gets a
 * card that both understand (A2A 1.0, section 3.6 and Appendix A).
 */
export async function serveCard({ incoming, handler, context }: A2aAsked): Promise<Response> {
  const card = await handler.getAgentCard()
  const asks = incoming.headers['a2a-version']
  const value =
    asks === undefined || asks === '' || asks === '0.3'
      ? {
          ...(await new LegacyRestTransportHandler(handler).getAuthenticatedExtendedAgentCard(context)),
          supportedInterfaces: card.supportedInterfaces,
        }
      : AgentCard.toJSON(card)
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
