import { providerPath, providerSecret } from './provider.ts'
import type { Server } from './server.ts'
import type { Subject } from './subject.ts'

/** No gateway: the load generator asks the provider itself, as the floor and ClawLink do on its behalf. */
export function directSubject(provider: Server): Subject {
  const head = [
    `GET ${providerPath} HTTP/1.1`,
    `host: 127.0.0.1:${provider.port}`,
    `authorization: Bearer ${providerSecret}`,
    'accept: application/json',
  ]
  return { id: 'direct', server: provider, request: `${head.join('\r\n')}\r\n\r\n` }
}
