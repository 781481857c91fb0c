import { Agent, type IncomingMessage, request } from 'node:http'

/** A request exactly as it is written: unlike `fetch` this keeps `..` in a path and sends any Host header. */
export type HttpRequest = {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string | Uint8Array | undefined
  /** Sends the body in pieces without saying its length before. */
  chunked?: boolean
}

export type HttpAnswer = { status: number; headers: Headers; text: string }

const pieceBytes = 16 * 1024
// Connections of one's own: none is left over from a server that has since stopped.
const agent = new Agent({ keepAlive: false })

/** Sends one request to the server at `url` and reads the whole answer, also when that comes before the body is sent. */
export function sendHttp(url: string, { method, path, headers, body, chunked = false }: HttpRequest) {
  const { hostname, port } = new URL(url)
  return new Promise<HttpAnswer>((resolve, reject) => {
    let answered = false
    const length = body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const sending = request({ hostname, port, method, path, headers: { ...length, ...headers }, agent }, answer => {
      answered = true
      read(answer).then(text => resolve({ status: answer.statusCode ?? 0, headers: headersOf(answer), text }), reject)
    })
    sending.on('error', cause => {
      if (!answered) reject(cause)
    })
    if (body === undefined || !chunked) sending.end(body)
    else {
      const bytes = Buffer.from(body)
      for (let at = 0; at < bytes.length; at += pieceBytes) sending.write(bytes.subarray(at, at + pieceBytes))
      sending.end()
    }
  })
}

async function read(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of answer) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString('utf8')
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  return headers
}
