import { connect } from 'node:net'
import { WebSocket } from 'ws'
import { type Answer, AnswerReader } from '../load/answer-reader.ts'
import { postRequest } from '../subjects/subject.ts'

export type BenchAgent = { name: string; key: string }

/** What the load says in a message. `atUs` is of the machine's monotonic clock. */
export type Said = { atUs: number; sender: number; text: string }

/** An agent's way to a relay. What it gets it acknowledges at once. */
export type Line = {
  /** Resolves once the relay says that it has the message. */
  send(to: string, body: Said): Promise<void>
  close(): void
}

type Opening = { port: number; agent: BenchAgent; onSaid: (body: Said) => void; onWrong: (cause: unknown) => void }

/** Over WebSocket, as docs/relay.md describes it. */
export function openWebSocket({ port, agent, onSaid, onWrong }: Opening): Promise<Line> {
  const { promise, resolve, reject } = Promise.withResolvers<Line>()
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, {
    headers: { authorization: `Bearer ${agent.key}` },
    perMessageDeflate: false,
  })
  const stored = new Map<string, () => void>()
  let count = 0
  let isClosed = false
  const line: Line = {
    send(to, body) {
      const ref = String(count++)
      socket.send(JSON.stringify({ type: 'send', ref, to, body }))
      return new Promise(done => stored.set(ref, done))
    },
    close() {
      isClosed = true
      socket.terminate()
    },
  }
  socket.on('open', () => socket.send('{"type":"hello","window":100}'))
  socket.on('message', bytes => {
    const frame = JSON.parse(String(bytes))
    if (frame.type === 'message') {
      socket.send(JSON.stringify({ type: 'ack', id: frame.message.id, lease: frame.message.lease }))
      onSaid(frame.message.body)
    } else if (frame.type === 'ok') {
      stored.get(frame.ref)?.()
      stored.delete(frame.ref)
    } else if (frame.type === 'welcome') resolve(line)
    else onWrong(new Error(`unexpected frame: ${String(bytes).slice(0, 300)}`))
  })
  const fail = (cause: unknown) => {
    reject(cause)
    if (!isClosed) onWrong(cause)
  }
  socket.on('error', fail)
  socket.on('close', code => fail(new Error(`the relay closed a connection with ${code}`)))
  return promise
}

/** Over REST: one connection waits for messages, the other one sends and acknowledges, one request after the other. */
export async function openLongPoll({ port, agent, onSaid, onWrong }: Opening): Promise<Line> {
  const [reading, writing] = [openHttp(port, agent.key), openHttp(port, agent.key)]
  let isClosed = false
  async function receive(): Promise<void> {
    while (!isClosed) {
      const { items } = await reading.post('/inbox', { limit: 10, waitSeconds: 20 })
      for (const { id, lease, body } of items) {
        onSaid(body)
        writing.post(`/inbox/${id}/ack`, { lease }).catch(onWrong)
      }
    }
  }
  receive().catch(cause => isClosed || onWrong(cause))
  return {
    send: async (to, body) => {
      await writing.post('/messages', { to, body })
    },
    close() {
      isClosed = true
      reading.close()
      writing.close()
    },
  }
}

/** What an inbox answers; nothing is read of the other answers. */
type Taken = { items: { id: string; lease: string; body: Said }[] }

function openHttp(port: number, key: string) {
  const reader = new AnswerReader()
  const waiting: { request: string; done: (answer: Answer) => void; fail: (cause: unknown) => void }[] = []
  let isClosed = false
  const next = () => {
    const [first] = waiting
    if (first) socket.write(first.request)
  }
  const fail = (cause: unknown) => {
    for (const each of waiting.splice(0)) if (!isClosed) each.fail(cause)
  }
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  socket.on('data', (bytes: Buffer) => {
    try {
      const answer = reader.read(bytes)
      if (!answer) return
      waiting.shift()?.done(answer)
      next()
    } catch (cause) {
      fail(cause)
    }
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the relay closed a connection')))
  return {
    async post(path: string, body: unknown): Promise<Taken> {
      const request = postRequest(port, `/api/v1/relay${path}`, { authorization: `Bearer ${key}` }, body)
      const { promise, resolve: done, reject } = Promise.withResolvers<Answer>()
      waiting.push({ request, done, fail: reject })
      if (waiting.length === 1) next()
      const { status, body: told } = await promise
      if (status >= 300) throw new Error(`${path} was answered with ${status}: ${told}`)
      return JSON.parse(String(told))
    },
    close() {
      isClosed = true
      socket.destroy()
    },
  }
}
