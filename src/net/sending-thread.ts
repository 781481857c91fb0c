import { startHelperThread } from '../core/helper-thread.ts'
import { inTurns } from '../core/in-turns.ts'
import type { Net, NetSettings } from './send.ts'
import { lost, type WireRequest, type WireResult } from './wire.ts'

/** A request that a thread can be passed: nothing in it is a function or comes piece by piece. */
export type PlainRequest = Omit<WireRequest, 'body' | 'sink' | 'certificate'> & { body?: string }

/** Requests with the numbers by which their results are told. */
export type ToSend = readonly (readonly [number, PlainRequest])[]
/** `bodies`: those of the answers, one behind the other, `length` bytes of it each. */
export type Sent = { results: readonly (readonly [number, SentResult])[]; bodies: Uint8Array<ArrayBuffer> }
export type SentResult = Exclude<WireResult, { kind: 'answered' }> | (Omit<Answered, 'body'> & { length: number })
type Answered = Extract<WireResult, { kind: 'answered' }>

/** More would wait, for the end of a turn of the event loop, while the other thread has nothing to do. */
export const passedAtOnce = 8

/** Sends requests beside the event loop. */
export type SendingThread = Pick<Net, 'close'> & {
  /** It takes requests: it has started, and not ended since. */
  isReady(): boolean
  /** As `Net.send`. */
  send(request: PlainRequest): Promise<WireResult>
  /** How many requests it has. */
  underWay(): number
}

type Starting = { failed?: ((cause: unknown) => void) | undefined; program?: URL; graceMs?: number }

/**
 * `send.ts` once more, on a thread. What comes in one turn of the event loop is passed together, requests there and answers
 * back. When the thread ends, nobody knows how far its requests got: they are lost as on a broken connection. `failed` is told
 * when it does so by itself, or is ended because it hangs: the deadlines of its requests are kept on the thread, so one that
 * says nothing for `graceMs` longer than any of them may take will say nothing any more.
 */
export function startSendingThread(
  { outboundAllow, connectTimeoutMs, callTimeoutMs, answerBytesMax }: NetSettings,
  { failed = () => {}, program = new URL('./net-thread.ts', import.meta.url), graceMs = 5_000 }: Starting = {},
): SendingThread {
  // By number. No `Map`, for the reason that deadlines.ts gives for its array.
  const underWay: (((result: WireResult) => void) | undefined)[] = []
  const free: number[] = []
  let heardAt = 0
  let longestMs = callTimeoutMs

  const thread = startHelperThread<ToSend, Sent>(program, {
    name: 'clawlink-net',
    data: { outboundAllow, connectTimeoutMs, callTimeoutMs, answerBytesMax } satisfies NetSettings,
    told({ results, bodies }) {
      heardAt = performance.now()
      let at = 0
      for (const [number, result] of results) {
        if (result.kind === 'lost') settle(number, result)
        else {
          const { length, ...answer } = result
          settle(number, { ...answer, body: Buffer.from(bodies.buffer, at, length) })
          at += length
        }
      }
      if (!isWaiting()) thread.keepAlive(false)
    },
    ended(cause, isMeant) {
      clearInterval(watch)
      if (!isMeant) failed(cause)
      for (const number of underWay.keys())
        settle(number, lost('maybe_sent', 'closed', 'The thread that sends requests has ended.'))
    },
  })

  const isWaiting = () => free.length < underWay.length
  const watch = setInterval(() => {
    if (isWaiting() && performance.now() - heardAt > longestMs + graceMs) thread.kill(new Error('it hangs'))
  }, graceMs).unref()

  function settle(number: number, result: WireResult): void {
    const resolve = underWay[number]
    if (!resolve) return
    underWay[number] = undefined
    free.push(number)
    resolve(result)
  }

  const requests = inTurns<ToSend[number]>(
    batch => {
      thread.ask(batch)
      thread.keepAlive(true)
    },
    { most: passedAtOnce },
  )

  return {
    isReady: thread.isReady,
    send: request =>
      new Promise(resolve => {
        if (!isWaiting()) heardAt = performance.now()
        if (request.timeoutMs !== undefined) longestMs = Math.max(longestMs, request.timeoutMs)
        const number = free.pop() ?? underWay.length
        underWay[number] = resolve
        requests.add([number, request])
      }),
    underWay: () => underWay.length - free.length,
    close() {
      requests.flush()
      return thread.close()
    },
  }
}
