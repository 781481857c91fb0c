import type { buildConnector } from 'undici'
import makeConnector from 'undici/lib/core/connect.js'
import type { ClientCertificate } from './wire.ts'

/**
 * The client certificates of the requests that are on their way. They are loaded anew for each connection that is made, and
 * only while a request that has one is waiting: what is in memory in between is what TLS itself keeps of a connection.
 */
export function clientCertificates() {
  const held = new Map<string, { certificate: ClientCertificate; requests: number }>()
  const keyOf = (origin: string, { name }: ClientCertificate) => `${origin} ${name}`

  return {
    /** Names the connections that show this certificate to this origin. */
    keyOf,

    /** Keeps it at hand until the request is over, which the function given back tells. */
    hold(origin: string, certificate: ClientCertificate): () => void {
      const key = keyOf(origin, certificate)
      const entry = { certificate, requests: (held.get(key)?.requests ?? 0) + 1 }
      held.set(key, entry)
      return () => {
        const left = (held.get(key)?.requests ?? 1) - 1
        if (left > 0) held.set(key, { certificate: held.get(key)?.certificate ?? certificate, requests: left })
        else held.delete(key)
      }
    },

    /** Makes connections that show the certificate held under this key. */
    connector(key: string, options: buildConnector.BuildOptions): buildConnector.connector {
      return (target, callback) => {
        const entry = held.get(key)
        if (!entry) return callback(new Error('no request waits for this connection'), null)
        entry.certificate.load().then(
          parts => makeConnector({ ...options, ...parts, maxCachedSessions: 0 })(target, callback),
          (cause: Error) => callback(cause, null),
        )
      }
    },
  }
}
