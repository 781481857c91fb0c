import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { authenticateHash } from '../../accounts/authenticate.ts'
import { hashKey } from '../../accounts/key.ts'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Box } from '../../relay/box.ts'
import { problem } from '../problem.ts'
import { relayBodyBytesMax } from '../rest/relay-schemas.ts'
import { type Connection, closeCodes, type Speaker, writtenMax } from './connection.ts'
import type { Live } from './live.ts'
import { ifAllowed } from './may-use.ts'
import { ownSpeaker } from './own-speaker.ts'
import { refuse } from './refuse.ts'
import { seedSpeaker } from './seed/speaker.ts'

/** The open WebSockets of this process. */
export type Sockets = {
  open(incoming: IncomingMessage, socket: Duplex, head: Buffer, asking: Asking): void
  close(): Promise<void>
}

export type Asking = {
  principal: AgentPrincipal
  key: string
  /** Who it is in the openclaw-link protocol, when it speaks that. */
  seed: { agentId: string; box: Box } | undefined
}

/** What is looked after at intervals, for all of them by one timer. */
type Kept = { socket: WebSocket; speaker: Speaker; connection: Connection; heardAt: number; pingedAt: number }

const sweepEveryMs = 5_000
const pingAfterMs = 30_000
/** Whoever says nothing, and answers no ping, for so long is gone. */
const goneAfterMs = 75_000
/** Time that a client has to answer a close. */
const closeGraceMs = 1_000

export function createSockets(app: App, live: Live): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // Below: so that pongs, too, wait for a reader that is slow.
    autoPong: false,
    maxPayload: relayBodyBytesMax,
  })
  const all = new Set<Kept>()
  let cancelSweep: (() => void) | undefined

  function sweep(): void {
    cancelSweep = all.size ? app.clock.after(sweepEveryMs, sweep) : undefined
    const now = app.clock.now()
    for (const kept of all) {
      const quietMs = now - kept.heardAt
      if (quietMs >= goneAfterMs) kept.socket.terminate()
      else {
        if (quietMs >= pingAfterMs && now - kept.pingedAt >= pingAfterMs) {
          kept.pingedAt = now
          kept.socket.ping()
          // Also ends what has become of a key that is revoked.
          Promise.resolve(kept.connection.still()).catch(kept.connection.failed)
        }
        kept.speaker.sweep(now)
      }
    }
  }

  function keep(socket: WebSocket, raw: Duplex, { principal, key, seed }: Asking): void {
    const connection = connect(app, live, { socket, raw, principal, key, drained: () => kept.speaker.drained() })
    const speaker = seed ? seedSpeaker(connection, seed) : ownSpeaker(connection)
    const now = app.clock.now()
    const kept: Kept = { socket, speaker, connection, heardAt: now, pingedAt: now }
    const place = live.joined(principal.agentId, seed?.box.device ?? '')
    const heard = () => {
      kept.heardAt = app.clock.now()
      const box = speaker.box()
      if (box) app.relay.presence.note(box)
    }
    /** Whatever is said is answered: who does not read is not listened to, so that no answers pile up. */
    const readNoMore = () => {
      if (socket.readyState === socket.OPEN && !connection.isReady()) socket.pause()
    }
    all.add(kept)
    cancelSweep ??= app.clock.after(sweepEveryMs, sweep)
    socket.on('message', (bytes, isBinary) => {
      heard()
      if (isBinary) socket.close(closeCodes.unsupported, 'Frames have to be text.')
      else speaker.onFrame(bufferOf(bytes))
      readNoMore()
    })
    socket.on('pong', bytes => {
      heard()
      speaker.onPong(bytes)
    })
    socket.on('ping', bytes => {
      heard()
      if (socket.readyState === socket.OPEN) socket.pong(bytes, false, connection.written)
      readNoMore()
    })
    // A frame that is too large, not UTF-8 or not WebSocket: ws has closed the connection already.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      all.delete(kept)
      place.left()
      speaker.close().catch(cause => app.log.error({ err: cause }, 'messages could not be given back'))
    })
  }

  return {
    open(incoming, socket, head, asking) {
      const place = app.places.take(asking.principal.agentId)
      if (place instanceof Fault) return refuse(socket, problem(place))
      socket.once('close', place.leave)
      server.handleUpgrade(incoming, socket, head, upgraded => keep(upgraded, socket, asking))
    },
    async close() {
      cancelSweep?.()
      const open = [...all]
      const closed = open.map(({ socket }) => new Promise(resolve => socket.once('close', resolve)))
      const given = open.map(async ({ socket, speaker }) => {
        await speaker.close()
        socket.close(closeCodes.goingAway, 'ClawLink stops. Connect again.')
      })
      await Promise.allSettled(given)
      const force = setTimeout(() => {
        for (const { socket } of open) socket.terminate()
      }, closeGraceMs)
      await Promise.all(closed)
      clearTimeout(force)
    },
  }
}

function connect(
  app: App,
  live: Live,
  {
    socket,
    raw,
    principal,
    key,
    drained,
  }: { socket: WebSocket; raw: Duplex; principal: AgentPrincipal; key: string; drained: () => void },
): Connection {
  const isReady = () => socket.readyState === socket.OPEN && socket.bufferedAmount < writtenMax
  const written = () => {
    if (isReady()) drained()
  }
  const hash = hashKey(key)
  const judged = (found: AgentPrincipal | Fault) => {
    const allowed = ifAllowed(found)
    if (allowed instanceof Fault) socket.close(closeCodes.policy, 'The key has ended.')
    return allowed
  }
  const still = () => {
    const found = authenticateHash(app, hash)
    return found instanceof Promise ? found.then(judged) : judged(found)
  }
  let isGathering = false
  /** What is said at once goes out in one write: each costs a system call. */
  const gather = () => {
    if (isGathering) return
    isGathering = true
    raw.cork()
    process.nextTick(() => {
      isGathering = false
      raw.uncork()
    })
  }
  return {
    app,
    live,
    socket,
    principal,
    isReady,
    written,
    say(frame) {
      gather()
      socket.send(JSON.stringify(frame), written)
    },
    still,
    mayStill() {
      const found = still()
      return found instanceof Promise ? found.then(isPrincipal) : isPrincipal(found)
    },
    failed(cause) {
      app.log.error({ err: cause }, 'a connection of an agent failed inside ClawLink')
      socket.close(closeCodes.internal, 'Something went wrong inside ClawLink.')
    },
  }
}

const isPrincipal = (found: AgentPrincipal | Fault) => !(found instanceof Fault)

function bufferOf(bytes: RawData): Buffer {
  if (Array.isArray(bytes)) return Buffer.concat(bytes)
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes)
}
