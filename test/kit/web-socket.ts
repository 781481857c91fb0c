/** A WebSocket client that a test reads frame by frame. */
import { WebSocket } from 'ws'

export type TestSocket = {
  socket: WebSocket
  say(frame: unknown): void
  /** The next frame that came, waiting for it. */
  next(): Promise<Record<string, unknown>>
  /** Frames that came and were not read. */
  unread(): Record<string, unknown>[]
  /** Resolves with the code once it is closed. */
  closed: Promise<number>
  end(): Promise<number>
  [Symbol.asyncDispose](): Promise<void>
}

/** Connects to a path of a ClawLink; rejects with the HTTP status where that is refused. */
export async function openSocket(
  url: string,
  path: string,
  { key, headers = {}, autoPong = true }: { key?: string; headers?: Record<string, string>; autoPong?: boolean } = {},
): Promise<TestSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, {
    headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...headers },
    autoPong,
    perMessageDeflate: false,
  })
  const frames: Record<string, unknown>[] = []
  const waiting: ((frame: Record<string, unknown>) => void)[] = []
  socket.on('message', bytes => {
    const frame = JSON.parse(String(bytes))
    const reader = waiting.shift()
    if (reader) reader(frame)
    else frames.push(frame)
  })
  const closed = new Promise<number>(resolve => socket.once('close', resolve))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_, answer) => reject(new RefusedSocket(answer.statusCode ?? 0)))
    socket.once('error', reject)
  })
  socket.on('error', () => undefined)
  const end = async () => {
    socket.close()
    return closed
  }
  return {
    socket,
    say: frame => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next: () => {
      const frame = frames.shift()
      return frame ? Promise.resolve(frame) : new Promise(resolve => waiting.push(resolve))
    },
    unread: () => frames,
    closed,
    end,
    async [Symbol.asyncDispose]() {
      await end()
    },
  }
}

export class RefusedSocket extends Error {
  readonly status: number
  constructor(status: number) {
    super(`refused with ${status}`)
    this.status = status
  }
}

/** The status with which a WebSocket is refused. */
export async function refusalOf(opening: Promise<TestSocket>): Promise<number> {
  try {
    await (await opening).end()
    return 101
  } catch (cause) {
    if (cause instanceof RefusedSocket) return cause.status
    throw cause
  }
}
