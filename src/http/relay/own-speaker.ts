import { isPlainText } from '../../accounts/plain-text.ts'
import { Fault } from '../../core/errors.ts'
import { type Box, boxOf } from '../../relay/box.ts'
import { readMailbox } from '../../relay/messages/read-mailbox.ts'
import { problemOf } from '../problem.ts'
import { type Connection, closeCodes, type Speaker } from './connection.ts'
import { createFeed, type Feed } from './feed.ts'
import { type Frame, type FrameOf, parseFrame } from './frames.ts'
import { perform } from './perform.ts'

/** A client has so long to say hello. */
const helloWithinMs = 10_000
/** Frames that may be worked on at once; then it is not read on. */
const inFlightMax = 64
const replayAtOnce = 20

type Started = { box: Box; feed: Feed }

/** The relay's own protocol on `/ws`: docs/relay.md describes every frame. */
export function ownSpeaker(connection: Connection): Speaker {
  const { app, socket, principal, say, isReady, failed } = connection
  const openedAt = app.clock.now()
  let started: Started | undefined
  const working = new Set<Promise<void>>()
  let onDrained: (() => void) | undefined
  /** The last frame of each thread that is being sent: the next one waits for it. */
  const threads = new Map<string, Promise<void>>()

  function start({ ref, device, cursor, window, leaseSeconds }: FrameOf<'hello'>): void {
    if (device !== undefined && !isPlainText(device, 80)) {
      answer(ref, badDevice())
      return
    }
    const box = boxOf(principal, device)
    const feed = createFeed(app, box, {
      window,
      leaseMs: leaseSeconds * 1000,
      isReady: () => isReady() && onDrained === undefined,
      mayStill: connection.mayStill,
      push: messages => {
        for (const message of messages) say({ type: 'message', message })
      },
      failed,
    })
    started = { box, feed }
    app.relay.presence.note(box)
    const named = ref === undefined ? {} : { ref }
    say({ type: 'welcome', ...named, agent: box.agentId, device: box.device, window, leaseSeconds })
    if (cursor === undefined) feed.more()
    else replay(box, cursor).then(feed.more, failed)
  }

  /** What the client may have missed, as the mailbox has it; what comes as `message` afterwards may be there again. */
  async function replay(box: Box, from: string): Promise<void> {
    let cursor = from
    for (;;) {
      const drained = Promise.withResolvers<void>()
      // While this is there, nothing is pushed.
      onDrained = drained.resolve
      if (isReady()) drained.resolve()
      await drained.promise
      if (socket.readyState !== socket.OPEN) return
      const { items } = await readMailbox(app, box, { after: cursor, limit: replayAtOnce })
      for (const message of items) say({ type: 'replay', message })
      cursor = items.at(-1)?.cursor ?? cursor
      if (items.length < replayAtOnce) break
    }
    onDrained = undefined
    say({ type: 'replayed', cursor })
  }

  function answer(ref: string | undefined, told: Record<string, unknown> | Fault): void {
    const named = ref === undefined ? {} : { ref }
    if (told instanceof Fault) say({ type: 'fault', ...named, problem: problemOf(told) })
    else if (ref !== undefined) say({ type: 'ok', ...named, result: told })
  }

  async function work(ready: Started, frame: Exclude<Frame, { type: 'hello' }>): Promise<void> {
    const known = connection.still()
    const still = known instanceof Promise ? await known : known
    answer(frame.ref, still instanceof Fault ? still : await perform(app, ready, frame))
  }

  /** Messages of one thread are stored in the order in which they were sent; everything else goes side by side. */
  function inOrder(ready: Started, frame: Exclude<Frame, { type: 'hello' }>): Promise<void> {
    const thread = frame.type === 'send' ? frame.thread : undefined
    if (thread === undefined) return work(ready, frame)
    const sending = (threads.get(thread) ?? Promise.resolve()).then(() => work(ready, frame))
    const ended = sending.catch(() => undefined)
    threads.set(thread, ended)
    ended.then(() => threads.get(thread) === ended && threads.delete(thread))
    return sending
  }

  function readOn(): void {
    if (working.size < inFlightMax && isReady() && socket.isPaused) socket.resume()
  }

  return {
    box: () => started?.box,
    onFrame(bytes) {
      const frame = parseFrame(bytes)
      if ('fault' in frame) return answer(frame.ref, frame.fault)
      if (frame.type === 'hello') {
        if (!started) return start(frame)
        return answer(
          frame.ref,
          new Fault('conflict', 'Hello was said already.', { fix: 'Connect again to change it.' }),
        )
      }
      if (!started) {
        answer(frame.ref, new Fault('validation_error', 'Say hello first.', { fix: 'Send {"type":"hello"}.' }))
        return socket.close(closeCodes.policy, 'The first frame has to be a hello.')
      }
      const done = inOrder(started, frame)
        .catch(failed)
        .finally(() => {
          working.delete(done)
          readOn()
        })
      working.add(done)
      if (working.size >= inFlightMax || !isReady()) socket.pause()
    },
    onPong: () => undefined,
    drained() {
      onDrained?.()
      readOn()
      if (onDrained === undefined) started?.feed.more()
    },
    sweep(nowMs) {
      if (started) started.feed.keep(nowMs)
      else if (nowMs - openedAt >= helloWithinMs) socket.close(closeCodes.policy, 'No hello came.')
    },
    async close() {
      onDrained?.()
      // What it acknowledged last is not given back.
      await Promise.all(working)
      await started?.feed.close()
    },
  }
}

const badDevice = () =>
  new Fault('validation_error', 'device must be 1 to 80 printable characters.', {
    invalidFields: [{ field: 'device', problem: 'must be 1 to 80 printable characters' }],
  })
