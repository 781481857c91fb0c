import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Answer } from '../answer.ts'
import type { ApiRequest } from '../api.ts'

export type Listened = { req: IncomingMessage; res: CollectedResponse }

/** A request that was read already, as a Node listener that is mounted at `mount` expects it. */
export function replay({ method, path, headers, body }: ApiRequest, mount: string): Listened {
  const message = new IncomingMessage(new Socket())
  const req = Object.assign(message, { method, url: path.slice(mount.length) || '/', originalUrl: path, headers })
  req.push(body)
  req.push(null)
  return { req, res: new CollectedResponse(req) }
}

/** What the listener answers, kept instead of sent: it may still meet a fault. */
export function callListener(listener: RequestListener, { req, res }: Listened): Promise<Answer> {
  return new Promise((resolve, reject) => {
    res.whenEnded = resolve
    Promise.resolve(listener(req, res)).catch(reject)
  })
}

/** Holds a small answer in memory. It has no connection. */
class CollectedResponse extends ServerResponse {
  whenEnded: (answer: Answer) => void = () => {}

  override end(chunk?: unknown): this {
    const { 'content-length': _, 'transfer-encoding': __, ...told } = this.getHeaders()
    const headers: Record<string, string | string[]> = {}
    for (const [name, value] of Object.entries(told))
      if (value !== undefined) headers[name] = Array.isArray(value) ? value : String(value)
    const text = typeof chunk === 'string' || Buffer.isBuffer(chunk) ? chunk.toString() : ''
    this.whenEnded({ status: this.statusCode, headers, text })
    return super.end()
  }
}
