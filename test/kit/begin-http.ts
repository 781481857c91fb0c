import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { HttpRequest } from './send-http.ts'

/** Sends the head of a request. Resolves once the server has it and waits for the body, to what sends that and gives the status. */
export async function beginHttp(
  url: string,
  { method, path, headers, body }: HttpRequest,
): Promise<() => Promise<number>> {
  const all = { expect: '100-continue', 'content-type': 'application/json', ...headers }
  const sending = request(url + path, { method, headers: all, agent: false })
  const answering = once(sending, 'response') as Promise<[IncomingMessage]> // as node:http emits it
  sending.flushHeaders()
  await once(sending, 'continue')
  return async () => {
    sending.end(body)
    const [answer] = await answering
    answer.resume()
    return answer.statusCode ?? 0
  }
}
