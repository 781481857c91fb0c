import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { HttpRequest } from './send-http.ts'

export type BegunHttp = {
  /** Of the answer, whenever it comes. */
  status: Promise<number>
  write(piece: string): void
  /** Sends the body and ends the request. */
  finish(): Promise<number>
}

/** Sends the head of a request. Resolves once the server has it and waits for the body. */
export async function beginHttp(url: string, { method, path, headers, body }: HttpRequest): Promise<BegunHttp> {
  const all = { expect: '100-continue', 'content-type': 'application/json', ...headers }
  const sending = request(url + path, { method, headers: all, agent: false })
  const answering = once(sending, 'response') as Promise<[IncomingMessage]> // as node:http emits it
  const status = answering.then(([answer]) => {
    answer.resume()
    return answer.statusCode ?? 0
  })
  sending.flushHeaders()
  await once(sending, 'continue')
  return {
    status,
    write: piece => void sending.write(piece),
    finish() {
      sending.end(body)
      return status
    },
  }
}
