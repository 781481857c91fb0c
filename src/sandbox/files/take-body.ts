import type { IncomingMessage } from 'node:http'
import { type Api, type ApiRequest, keyOf } from '../api.ts'
import { contentTaker, formTaker, type Taker } from './taker.ts'

/** How the body of this request is taken, when it is a file's; undefined for every other one. */
export function takerFor(api: Api, { method, path, headers }: ApiRequest, nowMs: number): Taker | undefined {
  const [plain = ''] = path.split('?')
  if (method === 'PUT' && plain.startsWith('/files/named/')) return contentTaker()
  if (method === 'POST' && plain === '/files') {
    const boundary = /boundary="?([^";]+)/i.exec(headers['content-type'] ?? '')?.[1]
    return boundary === undefined ? contentTaker() : formTaker(boundary)
  }
  const upload = method === 'PUT' ? /^\/files\/uploads\/([^/]+)$/.exec(plain)?.[1] : undefined
  if (upload === undefined) return undefined
  const key = keyOf(headers)
  const session = key === undefined ? undefined : api.holderOf(key, nowMs)?.account.store.uploads.get(upload)
  const from = Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? Number.NaN)
  if (!session || from !== session.intake.bytes) return contentTaker()
  // What has come in stays, even when the connection breaks before the end of the chunk.
  return { push: piece => session.intake.push(piece), end: () => ({ file: session.intake.taken(), fields: {} }) }
}

/** Takes all of a body, or, with `bytesMax`, at least so much of it, and calls back. */
export function takeBody(
  req: IncomingMessage,
  taker: Taker,
  then: () => void,
  bytesMax = Number.POSITIVE_INFINITY,
): void {
  let bytes = 0
  let ended = false
  const end = () => {
    if (ended) return
    ended = true
    then()
  }
  req.on('data', (piece: Buffer) => {
    if (ended) return
    const part = piece.subarray(0, bytesMax - bytes)
    bytes += part.length
    taker.push(part)
    if (bytes >= bytesMax) end()
  })
  req.on('end', end)
}
