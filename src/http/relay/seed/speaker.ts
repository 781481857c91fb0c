import { Fault } from '../../../core/errors.ts'
import type { Box } from '../../../relay/box.ts'
import type { Held } from '../../../relay/messages/held.ts'
import type { Message } from '../../../relay/messages/message.ts'
import { parseJson } from '../../read-json.ts'
import type { Connection, Speaker } from '../connection.ts'
import { createFeed } from '../feed.ts'
import { broadcast } from './broadcast.ts'
import { delegate } from './delegate.ts'
import { seedLeaseMs } from './poll.ts'
import { errorOf } from './problem.ts'
import { joinedTopic } from './register.ts'
import { readRequest } from './requests.ts'
import { seedMessage } from './view.ts'

const window = 32
const inFlightMax = 16

/**
 * The openclaw-link protocol on `/ws/{agent_id}`. Its clients acknowledge nothing, so a ping follows what is pushed, and the
 * pong says that it has arrived (RFC 6455, 5.5.3: frames stay in order). A task that is not answered comes again.
 */
export function seedSpeaker(connection: Connection, { agentId, box }: { agentId: string; box: Box }): Speaker {
  const { app, live, socket, principal, say, isReady, failed } = connection
  let pushes = 0
  let inFlight = 0
  let last = Promise.resolve()
  let pushing = Promise.resolve()
  const unconfirmed = new Map<number, { held: Held; isTask: boolean }[]>()
  const topic = joinedTopic(principal.workspaceId)
  const onJoined = (joined: Box, event: unknown) => {
    if (isReady() && (joined.agentId !== box.agentId || joined.device !== box.device)) say(event)
  }
  const feed = createFeed(app, box, {
    window,
    leaseMs: seedLeaseMs,
    isReady,
    mayStill: connection.mayStill,
    push,
    failed,
  })

  function push(messages: readonly Message[]): void {
    const held = messages.map(({ id, lease, kind }) => ({ held: { id, lease: lease ?? '' }, isTask: kind === 'task' }))
    pushes += 1
    const number = pushes
    unconfirmed.set(number, held)
    pushing = pushing.then(() => write(messages, number)).catch(failed)
  }

  async function write(messages: readonly Message[], number: number): Promise<void> {
    const shown = await Promise.all(
      messages.map(message => seedMessage(app, box, message, { toAgent: agentId, queued: false })),
    )
    if (socket.readyState !== socket.OPEN) return
    for (const frame of shown) if (frame) say(frame)
    socket.ping(String(number))
  }

  async function confirm(upTo: number): Promise<void> {
    const arrived = [...unconfirmed].filter(([number]) => number <= upTo)
    for (const [number] of arrived) unconfirmed.delete(number)
    const all = arrived.flatMap(([, each]) => each)
    feed.leave(all.filter(({ isTask }) => isTask).map(({ held }) => held.id))
    const done = all.filter(({ isTask }) => !isTask).map(({ held }) => held)
    if (done.length) await feed.ack(done)
  }

  async function work(bytes: Buffer): Promise<Fault | undefined> {
    const still = await connection.still()
    if (still instanceof Fault) return still
    const parsed = parseJson(bytes)
    if (parsed instanceof Fault) return parsed
    const frame = Object(parsed.value)
    // The sender is who the connection is of, whatever the frame says.
    const asked = { ...frame, from_agent: agentId }
    if (frame.type === 'heartbeat') return undefined
    if (frame.type === 'delegate') {
      const request = readRequest('delegate', asked)
      const told = request instanceof Fault ? request : await delegate(app, live, principal, request)
      return told instanceof Fault ? told : undefined
    }
    if (frame.type === 'broadcast') {
      const request = readRequest('broadcast', asked)
      const told = request instanceof Fault ? request : await broadcast(app, principal, request)
      return told instanceof Fault ? told : undefined
    }
    return new Fault('validation_error', 'type is not known here.', {
      fix: 'Use heartbeat, delegate or broadcast.',
    })
  }

  const readOn = () => {
    if (inFlight < inFlightMax && isReady() && socket.isPaused) socket.resume()
  }

  app.wakes.on(topic, onJoined)
  feed.more()
  return {
    box: () => box,
    onFrame(bytes) {
      inFlight += 1
      if (inFlight >= inFlightMax || !isReady()) socket.pause()
      // One after the other: they are stored in the order in which they were said.
      last = last
        .then(() => work(bytes))
        .then(fault => {
          if (fault) say(errorOf(fault))
          inFlight -= 1
          readOn()
        })
        .catch(failed)
    },
    onPong(bytes) {
      confirm(Number(bytes.toString('latin1'))).catch(failed)
    },
    drained() {
      readOn()
      feed.more()
    },
    sweep: nowMs => feed.keep(nowMs),
    async close() {
      app.wakes.off(topic, onJoined)
      await feed.close()
      unconfirmed.clear()
    },
  }
}
