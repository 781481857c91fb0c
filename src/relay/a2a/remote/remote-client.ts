import type { AgentCard } from '@a2a-js/sdk'
import {
  type Client,
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client'
import type { App } from '../../../app.ts'
import type { Secret } from '../../../core/secret.ts'
import { version } from '../../../core/version.ts'
import { urlProblem } from '../../../events/endpoint.ts'
import { lost, type WireResult } from '../../../net/wire.ts'

const timeoutMs = 30_000
const legacyCompat = { enabled: true }

/** What came of a request: how far it got when it had no answer, and otherwise its status. */
export type LastResult =
  | Pick<Extract<WireResult, { kind: 'lost' }>, 'kind' | 'reached' | 'reason'>
  | { kind: 'answered'; status: number }

/** A client of an agent elsewhere, in whatever version and binding its card names first of those that we know. */
export async function remoteClient(
  app: App,
  card: AgentCard,
  token: Secret | undefined,
): Promise<{ client: Client; last(): LastResult | undefined }> {
  const { fetchImpl, last } = fetchThroughNet(app, token)
  const factory = new ClientFactory({
    transports: [
      new JsonRpcTransportFactory({ fetchImpl, legacyCompat }),
      new RestTransportFactory({ fetchImpl, legacyCompat }),
    ],
    cardResolver: new DefaultAgentCardResolver({ fetchImpl, legacyCompat }),
  })
  return { client: await factory.createFromAgentCard(card), last }
}

/** The card at this URL. Throws where there is none. */
export async function fetchCard(app: App, url: string, token: Secret | undefined): Promise<AgentCard> {
  const { fetchImpl } = fetchThroughNet(app, token)
  return new DefaultAgentCardResolver({ fetchImpl, legacyCompat }).resolve(url, url)
}

/** As `fetch`, by our only way out: the address policy holds, and no redirect is followed. */
function fetchThroughNet(
  app: App,
  token: Secret | undefined,
): { fetchImpl: typeof fetch; last(): LastResult | undefined } {
  let last: LastResult | undefined
  const fetchImpl: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const body = await request.text()
    const problem = urlProblem(app.config, request.url)
    const result =
      problem === undefined
        ? await app.net.send({
            method: request.method,
            url: request.url,
            headers: { ...Object.fromEntries(request.headers), 'user-agent': `clawlink/${version}` },
            credential: token ? { authorization: `Bearer ${token.reveal()}` } : {},
            ...(body && { body }),
            redirects: 'none',
            timeoutMs,
          })
        : lost('not_sent', 'blocked_address', `Its URL ${problem}.`)
    last =
      result.kind === 'lost'
        ? { kind: 'lost', reached: result.reached, reason: result.reason }
        : { kind: 'answered', status: result.status }
    if (result.kind === 'lost') throw new TypeError(result.message)
    const type = result.headers['content-type'] ?? 'application/json'
    const isEmpty = result.status === 204 || result.status === 304
    return new Response(isEmpty ? null : new Uint8Array(result.body), {
      status: result.status,
      headers: { 'content-type': type },
    })
  }
  return { fetchImpl, last: () => last }
}
