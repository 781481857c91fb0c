import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { App } from '../../app.ts'
import { type Answer, plainHeaders } from '../answer.ts'
import { sentKey } from '../require-key.ts'

/** Undefined where the request is none for metrics, or may not have them: then there is nothing at that address. */
export type MetricsEndpoint = { serve(incoming: IncomingMessage): Promise<Answer> | undefined }

/**
 * `GET /metrics` for whoever sends the token, in the text format of Prometheus. Where no token is set nothing is counted,
 * and the library that counts is not loaded.
 */
export function metricsEndpoint(app: App): MetricsEndpoint | undefined {
  const { metricsToken } = app.config
  if (!metricsToken) return undefined
  const wanted = digest(metricsToken.reveal())
  const loading = import('./metrics.ts').then(({ createMetrics }) => createMetrics(app))
  app.metrics = { callEnded: usage => void loading.then(({ callEnded }) => callEnded(usage)) }
  return {
    serve(incoming) {
      if (incoming.url !== '/metrics' || incoming.method !== 'GET') return undefined
      const { authorization = '' } = incoming.headers
      const sent = authorization && sentKey({ authorization })
      if (!sent || !timingSafeEqual(digest(sent), wanted)) return undefined
      return loading.then(async ({ text, contentType }) => ({
        status: 200,
        headers: { ...plainHeaders, 'content-type': contentType },
        body: await text(),
      }))
    },
  }
}

/** Of one length, whatever was sent. */
const digest = (text: string) => createHash('sha256').update(text).digest()
