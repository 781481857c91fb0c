import { request } from 'node:http'
import { serve } from './serve.ts'

export type KeyProxy = { url: string; stop(): Promise<void>; [Symbol.asyncDispose](): Promise<void> }

/**
 * A loopback proxy in front of `target` (an http URL) that adds `Authorization: Bearer <key>` to every request, for
 * programs that cannot be given a header. Everything else passes as it came, Host and Origin included.
 */
export async function startKeyProxy(target: string, key: string): Promise<KeyProxy> {
  const { hostname, port } = new URL(target)
  const { url, close } = await serve((incoming, outgoing) => {
    const { method, url: path } = incoming
    const headers = { ...incoming.headers, authorization: `Bearer ${key}` }
    const onward = request({ hostname, port, method, path, headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  })
  return { url, stop: close, [Symbol.asyncDispose]: close }
}
