import { connect } from 'node:net'
import { type Sandbox, type SandboxOptions, startSandbox } from './start.ts'

/** A sandbox whose clock stands still until `pass` moves it. */
export async function startStill(options: SandboxOptions = {}) {
  let nowMs = Date.UTC(2026, 2, 14)
  const sandbox = await startSandbox({ now: () => nowMs, ...options })
  const pass = (seconds: number) => {
    nowMs += seconds * 1000
  }
  return { sandbox, pass, [Symbol.asyncDispose]: sandbox.stop }
}

/** What a test sends. `body` goes out as JSON, or, if it is a string, as it is. */
export type Ask = { key?: string | undefined; method?: string; body?: unknown; headers?: Record<string, string> }

/** `json` is loose, as JSON.parse gives it: its shape is what the tests look at. */
export type Told = { status: number; headers: Headers; text: string; json: ReturnType<typeof JSON.parse> }

/** One ordinary request, with the sandbox's first key unless another (or none: `''`) is given. */
export async function ask(sandbox: Sandbox, path: string, asked: Ask = {}): Promise<Told> {
  const { key = sandbox.apiKey, body, method = body === undefined ? 'GET' : 'POST' } = asked
  const headers: Record<string, string> = { ...(key && { authorization: `Bearer ${key}` }), ...asked.headers }
  if (body !== undefined) headers['content-type'] ??= 'application/json'
  const response = await fetch(new URL(path, sandbox.url), {
    method,
    headers,
    redirect: 'manual',
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') && text !== ''
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
}

export const mail = { to: ['zoe@gable.example'], subject: 'Hello', text: 'It arrived, thank you.' }

/** One request over a bare socket, seen as bytes. */
export type Wire = {
  /** Everything that came until the connection ended, and how it ended. */
  end: Promise<{ bytes: Buffer; how: 'closed' | 'reset' }>
  /** Resolves when at least `bytes` bytes have come. */
  got(bytes: number): Promise<Buffer>
  /** What has come so far. */
  sofar(): Buffer
  hangUp(): void
}

/** Sends a request and lets the server end the connection. The request asks it to, so an answered one ends too. */
export function wire(sandbox: Sandbox, path: string, asked: Ask = {}): Wire {
  const { key = sandbox.apiKey, body, method = body === undefined ? 'GET' : 'POST' } = asked
  const content = body === undefined ? '' : JSON.stringify(body)
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: sandbox', `Authorization: Bearer ${key}`, 'Connection: close']
  if (content) lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(content)}`)

  const socket = connect(sandbox.port, '127.0.0.1')
  let bytes = Buffer.alloc(0)
  let how: 'closed' | 'reset' = 'closed'
  let waiting = () => {}
  socket.on('data', (piece: Buffer) => {
    bytes = Buffer.concat([bytes, piece])
    waiting()
  })
  socket.on('error', error => {
    if ('code' in error && error.code === 'ECONNRESET') how = 'reset'
  })
  socket.write(`${lines.join('\r\n')}\r\n\r\n${content}`)
  return {
    end: new Promise(resolve => socket.once('close', () => resolve({ bytes, how }))),
    got: count =>
      new Promise(resolve => {
        waiting = () => {
          if (bytes.length >= count) resolve(bytes)
        }
        waiting()
      }),
    sofar: () => bytes,
    hangUp: () => socket.destroy(),
  }
}
