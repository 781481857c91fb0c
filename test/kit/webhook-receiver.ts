/** A receiver of webhooks over HTTP, which answers each path as a test says. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { serve } from './serve.ts'

export type Received = { path: string; method: string; headers: IncomingHttpHeaders; body: string }
export type Respond = (response: ServerResponse, received: Received) => unknown

export const ok: Respond = response => response.writeHead(204).end()
export const answer =
  (status: number, headers: Record<string, string> = {}): Respond =>
  response =>
    response.writeHead(status, headers).end('their own words')
/** Never answers. */
export const hang: Respond = () => {}

/** Answers 204 at every path that is not told otherwise with `on`. */
export async function startReceiver() {
  const received: Received[] = []
  const responds = new Map<string, Respond>()
  const { host, close } = await serve(async (request, response) => {
    const { url: path = '', method = '', headers } = request
    const one = { path, method, headers, body: await text(request) }
    received.push(one)
    await (responds.get(path) ?? ok)(response, one)
  })
  return {
    host,
    url: (path: string) => `http://${host}${path}`,
    on: (path: string, respond: Respond) => responds.set(path, respond),
    at: (path: string) => received.filter(each => each.path === path),
    stop: close,
  }
}
