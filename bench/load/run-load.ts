import { connect, type Socket } from 'node:net'
import { createHistogram, performance } from 'node:perf_hooks'
import { AnswerReader } from './answer-reader.ts'

/** What to send, how wide, and for how long. Each connection has one request outstanding at any time. */
export type LoadJob = {
  port: number
  /** The whole HTTP/1.1 request. */
  request: string
  /** Every answer's body must contain this text, and its status must be 200. */
  marker: string
  connections: number
  warmMs: number
  measureMs: number
}

/** What was seen between the end of the warm-up and the end of the measurement. */
export type LoadFigures = {
  answers: number
  callsPerSecond: number
  meanMs: number
  p50Ms: number
  p99Ms: number
  maxMs: number
  /** Answers of the whole job, warm-up and last stragglers included. */
  answersOverall: number
  /** Share of the time that the generator's own event loop was busy, 0 to 1; near 1 it may be the bottleneck itself. */
  busy: number
  /** The measurement's bounds in microseconds of the machine's monotonic clock. */
  fromUs: number
  untilUs: number
}

const silenceLimitMs = 10_000
const readBytes = 64 * 1024

/**
 * Puts load on a server and checks every answer. `mark` is called when the measurement begins and when it ends. Rejects at
 * the first wrong answer, broken connection, or ten seconds of silence: a benchmark of failures means nothing.
 */
export async function runLoad(job: LoadJob, mark: (what: 'begin' | 'end') => void): Promise<LoadFigures> {
  const request = Buffer.from(job.request)
  const marker = Buffer.from(job.marker)
  const latencies = createHistogram({ lowest: 1, highest: 60_000_000_000, figures: 3 }) // nanoseconds
  const { promise: drained, resolve: allDone, reject: fail } = Promise.withResolvers<void>()
  const sockets: Socket[] = []
  let answers = 0
  let answersOverall = 0
  let open = job.connections
  let stopping = false

  function openConnection(): void {
    const reader = new AnswerReader()
    let askedAt = 0
    const ask = () => {
      askedAt = performance.now()
      socket.write(request)
    }
    // `onread` hands out one buffer again and again, past the stream machinery: about a third less work per answer.
    const onread = {
      buffer: Buffer.allocUnsafe(readBytes),
      callback: (count: number, buffer: Uint8Array) => {
        try {
          const answer = reader.read(Buffer.from(buffer.buffer, buffer.byteOffset, count))
          if (!answer) return true
          latencies.record(Math.round((performance.now() - askedAt) * 1e6))
          answers++
          answersOverall++
          if (answer.status !== 200 || !answer.body.includes(marker)) {
            throw new Error(`wrong answer: HTTP ${answer.status} ${answer.body.toString('utf8', 0, 400)}`)
          }
          if (!stopping) ask()
          else if (--open === 0) allDone()
        } catch (error) {
          fail(error)
        }
        return true
      },
    }
    const socket = connect({ host: '127.0.0.1', port: job.port, noDelay: true, onread }, ask)
    socket.on('error', fail)
    socket.on('close', () => fail(new Error('the server closed a connection')))
    sockets.push(socket)
  }

  function begin() {
    latencies.reset()
    answers = 0
    mark('begin')
    return { at: performance.now(), us: nowUs(), loop: performance.eventLoopUtilization() }
  }

  function end(begun: ReturnType<typeof begin>): LoadFigures {
    const seconds = (performance.now() - begun.at) / 1000
    const toMs = (nanoseconds: number) => nanoseconds / 1e6
    const figures = {
      answers,
      callsPerSecond: answers / seconds,
      meanMs: toMs(latencies.mean),
      p50Ms: toMs(latencies.percentile(50)),
      p99Ms: toMs(latencies.percentile(99)),
      maxMs: toMs(latencies.max),
      answersOverall,
      busy: performance.eventLoopUtilization(begun.loop).utilization,
      fromUs: begun.us,
      untilUs: nowUs(),
    }
    mark('end')
    return figures
  }

  let answersSeen = -1
  const watch = setInterval(() => {
    if (answersOverall === answersSeen) fail(new Error(`no answer for ${silenceLimitMs} ms`))
    answersSeen = answersOverall
  }, silenceLimitMs)
  try {
    for (let i = 0; i < job.connections; i++) openConnection()
    await Promise.race([drained, sleep(job.warmMs)])
    const begun = begin()
    await Promise.race([drained, sleep(job.measureMs)])
    const figures = end(begun)
    stopping = true
    await drained
    return { ...figures, answersOverall }
  } finally {
    clearInterval(watch)
    for (const socket of sockets) socket.destroy()
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n)
}
