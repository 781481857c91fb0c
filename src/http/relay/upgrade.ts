import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { failed } from '../failed.ts'
import { problem } from '../problem.ts'
import { sentKey } from '../require-key.ts'
import type { Live } from './live.ts'
import { mayUse } from './may-use.ts'
import { refuse } from './refuse.ts'
import { registeredBox } from './seed/who.ts'
import type { Asking, Sockets } from './sockets.ts'

export type Upgrades = {
  /** Whether a request asks for one of our WebSockets; any other is answered as if it did not ask for an upgrade. */
  accepts(incoming: IncomingMessage): boolean
  serve(incoming: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): Promise<void>
}

/** `/ws`, and `/ws/{agent_id}` of the openclaw-link protocol. The key is in a header, never in the URL. */
export function createUpgrades(
  app: App,
  live: Live,
  foreign: (headers: IncomingHttpHeaders) => Fault | undefined,
): Upgrades {
  let loaded: Promise<Sockets> | undefined
  let isStopping = false

  async function serve(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const asking = foreign(incoming.headers) ?? (await askingOf(app, incoming))
    if (asking instanceof Fault) return refuse(socket, problem(asking))
    loaded ??= import('./sockets.ts').then(({ createSockets }) => createSockets(app, live))
    const sockets = await loaded
    if (isStopping || socket.destroyed) socket.destroy()
    else sockets.open(incoming, socket, head, asking)
  }

  return {
    accepts: ({ url = '', headers }) =>
      headers.upgrade?.toLowerCase() === 'websocket' && /^\/ws(\/[^/?]+)?(\?|$)/.test(url),
    serve(incoming, socket, head) {
      // Until the WebSocket listens itself: a client that goes away is no failure of ours.
      socket.on('error', ignore)
      serve(incoming, socket, head).then(
        () => socket.off('error', ignore),
        cause => refuse(socket, failed(app, cause, incoming)),
      )
    },
    async close() {
      isStopping = true
      await (await loaded)?.close()
    },
  }
}

const ignore = () => undefined

async function askingOf(app: App, { headers, url = '' }: IncomingMessage): Promise<Asking | Fault> {
  const key = sentKey(headers)
  const principal = await mayUse(app, key)
  if (principal instanceof Fault) return principal
  const named = /^\/ws\/([^/?]+)/.exec(url)?.[1]
  if (named === undefined) return { principal, key: key ?? '', seed: undefined }
  const agentId = decoded(named)
  const box = agentId === undefined ? undefined : await registeredBox(app, principal, agentId)
  if (box instanceof Fault) return box
  if (agentId === undefined || box === undefined) return new Fault('validation_error', 'The path is not valid.')
  return { principal, key: key ?? '', seed: { agentId, box } }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
