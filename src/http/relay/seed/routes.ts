import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { AgentPrincipal } from '../../../accounts/principal.ts'
import type { App } from '../../../app.ts'
import { hasGone } from '../../../calls/call.ts'
import { Fault } from '../../../core/errors.ts'
import { afterBody } from '../../after-body.ts'
import { json, responseOf } from '../../answer.ts'
import { clientAddress } from '../../client-address.ts'
import { problem } from '../../problem.ts'
import { parseJson, readBody } from '../../read-json.ts'
import { sentKey } from '../../require-key.ts'
import { relayBodyBytesMax } from '../../rest/relay-schemas.ts'
import type { Live } from '../live.ts'
import { mayUse } from '../may-use.ts'
import { wakeWhenGone } from '../wake-when-gone.ts'
import { about } from './about.ts'
import { broadcast } from './broadcast.ts'
import { delegate, respond } from './delegate.ts'
import { listFiles, readFile, writeFile } from './files.ts'
import { poll } from './poll.ts'
import { errorOf } from './problem.ts'
import { beat, discover, register } from './register.ts'
import { type Requests, readRequest } from './requests.ts'

type Bindings = { Bindings: HttpBindings }
type Told = object | Fault

const pollWaitMaxSeconds = 60

/** The routes of the openclaw-link protocol, and no others. Who asks is known by the key alone, which is its token. */
export function seedRoutes(app: App, live: Live): Hono<Bindings> {
  const http = new Hono<Bindings>()

  async function asAgent(incoming: IncomingMessage, run: (principal: AgentPrincipal) => Promise<Told>) {
    const principal = await mayUse(app, sentKey(incoming.headers))
    return answerOf(principal instanceof Fault ? principal : await run(principal))
  }

  function post<K extends keyof Requests>(
    kind: K,
    run: (principal: AgentPrincipal, request: Requests[K], incoming: IncomingMessage) => Promise<Told>,
  ): void {
    http.post(`/${kind}`, c => {
      const { incoming } = c.env
      const askedAt = app.clock.now()
      return asAgent(incoming, async known => {
        const bytes = await readBody(app, incoming, relayBodyBytesMax)
        const principal = await afterBody(app, { askedAt, known }, () => mayUse(app, sentKey(incoming.headers)))
        if (principal instanceof Fault) return principal
        const parsed = bytes instanceof Fault ? bytes : parseJson(bytes)
        const request = parsed instanceof Fault ? parsed : readRequest(kind, parsed.value)
        return request instanceof Fault ? request : run(principal, request, incoming)
      })
    })
  }

  post('register', (principal, request, incoming) => register(app, principal, request, clientAddress(app, incoming)))
  post('heartbeat', (principal, request) => beat(app, principal, request))
  post('delegate', (principal, request) => delegate(app, live, principal, request))
  post('broadcast', (principal, request) => broadcast(app, principal, request))
  post('respond', (principal, request) => respond(app, live, principal, request))
  post('files', (principal, request) => writeFile(app, principal, request))
  http.get('/discover', c => asAgent(c.env.incoming, ({ workspaceId }) => discover(app, workspaceId)))
  http.get('/files', c => asAgent(c.env.incoming, principal => listFiles(app, principal)))
  // Keys have slashes here.
  http.get('/files/:key{.+}', c => asAgent(c.env.incoming, principal => readFile(app, principal, c.req.param('key'))))
  http.get('/poll/:agent', c => {
    const { incoming, outgoing } = c.env
    const waitSeconds = Math.min(Number(c.req.query('wait') ?? 0) || 0, pollWaitMaxSeconds)
    return asAgent(incoming, principal =>
      polled(app, principal, { incoming, outgoing, agentId: c.req.param('agent'), waitMs: waitSeconds * 1000 }),
    )
  })
  // A browser gets the web app here; a program with a key is told what it talks to.
  http.get('/', (c, next) => {
    if (sentKey(c.env.incoming.headers) === undefined) return next()
    return asAgent(c.env.incoming, principal => about(app, principal))
  })
  return http
}

async function polled(
  app: App,
  principal: AgentPrincipal,
  {
    incoming,
    outgoing,
    ...asked
  }: { incoming: IncomingMessage; outgoing: ServerResponse; agentId: string; waitMs: number },
): Promise<Told> {
  const { socket } = incoming
  let refused: Fault | undefined
  const mayStill = async () => {
    const still = await mayUse(app, sentKey(incoming.headers))
    refused = still instanceof Fault ? still : undefined
    return refused === undefined
  }
  // Nobody takes messages for a client that is gone.
  const found = await wakeWhenGone(app, { agentId: principal.agentId, caller: socket }, () =>
    poll(app, principal, { ...asked, gone: hasGone(socket), mayStill }),
  )
  if (found instanceof Fault || refused) return refused ?? found
  const written = () =>
    found
      .written(outgoing.writableFinished)
      .catch(cause => app.log.error({ err: cause }, 'messages stay with a client'))
  if (socket.destroyed) written()
  else outgoing.once('close', written)
  return found.answer
}

function answerOf(told: Told): Response {
  if (!(told instanceof Fault)) return responseOf(json(told))
  const { status, headers } = problem(told)
  return responseOf({
    status,
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(errorOf(told)),
  })
}
