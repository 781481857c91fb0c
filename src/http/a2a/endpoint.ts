import type { IncomingMessage, ServerResponse } from 'node:http'
import { ContentTypeNotSupportedError, VersionNotSupportedError } from '@a2a-js/sdk/errors'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { requestHandler } from '../../relay/a2a/request-handler.ts'
import type { RelayAgent } from '../../relay/agents/agent.ts'
import { relayAgent } from '../../relay/agents/discover-agents.ts'
import { findRecipient } from '../../relay/agents/find-recipient.ts'
import { afterBody } from '../after-body.ts'
import { responseOf } from '../answer.ts'
import { problem } from '../problem.ts'
import { parseJson, readBody } from '../read-json.ts'
import { mayUse } from '../relay/may-use.ts'
import { sentKey } from '../require-key.ts'
import { relayBodyBytesMax } from '../rest/relay-schemas.ts'
import { type A2aAsked, callContext } from './asked.ts'
import { type Binding, bindingAt } from './bindings.ts'
import { legacyCardPath, serveCard } from './card.ts'

const cardPath = '/.well-known/agent-card.json'

/** A request below `/a2a/{agent}`: `ref` is the agent's id or name, `path` what follows. */
export async function serveA2a(
  app: App,
  { incoming, outgoing }: { incoming: IncomingMessage; outgoing: ServerResponse },
  { ref, path: written, query }: { ref: string; path: string; query: Record<string, string> },
): Promise<Response> {
  // Some clients write the colon of `message:send` as what it is in a query.
  const path = written.replace(/%3A/gi, ':')
  const askedAt = app.clock.now()
  const ask = () => mayUse(app, sentKey(incoming.headers))
  const known = await ask()
  if (known instanceof Fault) return responseOf(problem(known))
  const agent = await findAgent(app, known, ref)
  if (agent instanceof Fault) return responseOf(problem(agent))

  const binding = bindingAt(path)
  const version = incoming.headers['a2a-version'] ?? query['A2A-Version'] ?? ''
  if (version !== '' && !binding.versions.some(each => each === version) && !path.startsWith('/.well-known/'))
    return binding.failed(new VersionNotSupportedError(`Spoken here: A2A ${binding.versions.join(' and ')}.`))
  const body = await bodyOf(app, incoming)
  if (body instanceof Fault)
    return body.code === 'payload_too_large' ? responseOf(problem(body)) : binding.malformed(body)
  const principal = await afterBody(app, { askedAt, known }, ask)
  if (principal instanceof Fault) return responseOf(problem(principal))
  if (body === 'type') return binding.failed(new ContentTypeNotSupportedError('The body has to be application/json.'))

  const isLegacy = version === '' ? binding.isLegacy(body.value) : version === '0.3'
  const gone = new AbortController()
  if (outgoing.destroyed) gone.abort()
  else outgoing.once('close', () => gone.abort())
  const still = async () => !((await ask()) instanceof Fault)
  const asked: A2aAsked = {
    incoming,
    path,
    query,
    body: body.value,
    handler: requestHandler(app, principal, agent, { signal: gone.signal, still }),
    context: callContext(principal.agentId, isLegacy ? '0.3' : '1.0'),
    gone,
  }
  return (await serve(asked, binding)) ?? responseOf(problem(nothingThere()))
}

async function serve(asked: A2aAsked, binding: Binding): Promise<Response | undefined> {
  const isCard = asked.incoming.method === 'GET' && [cardPath, legacyCardPath].includes(asked.path)
  return isCard ? serveCard(asked) : binding.serve(asked)
}

async function findAgent(app: App, { workspaceId }: AgentPrincipal, ref: string): Promise<RelayAgent | Fault> {
  const found = await findRecipient(app, workspaceId, ref)
  if (found instanceof Fault) return found
  const agent = found.device === '' ? await relayAgent(app, workspaceId, found.id) : undefined
  return agent ?? new Fault('not_found', `${found.name} is not in the relay.`, { fix: 'It has to register first.' })
}

/** `type`: it is none that A2A knows. Without a body its value is undefined. */
async function bodyOf(app: App, incoming: IncomingMessage): Promise<{ value: unknown } | Fault | 'type'> {
  const bytes = await readBody(app, incoming, relayBodyBytesMax)
  if (bytes instanceof Fault) return bytes
  if (incoming.method !== 'POST' || bytes.length === 0) return { value: undefined }
  const type = incoming.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? 'application/json'
  return type === 'application/json' || type === 'application/a2a+json' ? parseJson(bytes) : 'type'
}

const nothingThere = () =>
  new Fault('not_found', 'A2A has no such operation.', {
    fix: 'See the agent’s card, below /.well-known/agent-card.json.',
  })
