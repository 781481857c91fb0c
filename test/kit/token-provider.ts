/** An authorization server over real HTTP that answers from a script and remembers exactly what it was asked. */
import { serve } from './serve.ts'

/** One request as it arrived. */
export type Asked = {
  method: string
  /** With its query, as it was sent. */
  path: string
  /** Names in lower case. */
  headers: Record<string, string>
  /** The body as it was sent. */
  body: string
}

export type Scripted = {
  /** 200 unless told. */
  status?: number
  headers?: Record<string, string>
  /** Sent as it is; anything but a text as JSON. */
  body?: unknown
  /** The connection ends instead of an answer. */
  drop?: boolean
  /** Called when the request is there, in place of an answer: there is none. */
  hold?: () => void
}

export type TokenProvider = {
  url: string
  asked: Asked[]
  /** What to answer next, in order, in place of what is left. Without an answer it gives a 500, which no test expects. */
  answers(...answers: Scripted[]): void
  [Symbol.asyncDispose](): Promise<void>
}

export async function startTokenProvider(): Promise<TokenProvider> {
  const script: Scripted[] = []
  const asked: Asked[] = []
  const { url, close } = await serve(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(Buffer.from(piece))
    const headers = Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')])
    asked.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: Object.fromEntries(headers),
      body: Buffer.concat(pieces).toString('utf8'),
    })
    const {
      status = 200,
      headers: more = {},
      body,
      drop,
      hold,
    } = script.shift() ?? { status: 500, body: 'not in the script' }
    if (hold) return hold()
    if (drop) return request.socket.destroy()
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
    const type = typeof body === 'string' ? 'text/plain' : 'application/json'
    response.writeHead(status, { 'content-type': type, ...more }).end(text)
  })
  return {
    url,
    asked,
    answers: (...answers) => void script.splice(0, script.length, ...answers),
    [Symbol.asyncDispose]: close,
  }
}
