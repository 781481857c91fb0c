import type { IncomingHttpHeaders } from 'node:http'

/** A request on its way out. `credential` holds the headers that carry the secret: they stay with the origin they are for. */
export type WireRequest = {
  method: string
  url: string
  headers: Record<string, string>
  credential: Record<string, string>
  /** Parameters that carry the secret: added to the URL on the wire only, and held to the same origin. */
  credentialQuery?: Record<string, string>
  /** Shown to a server that asks for one. */
  certificate?: ClientCertificate
  body?: string | BodySource
  /** Takes the body of a good answer (2xx) as it comes, instead of having it in memory. */
  sink?: Sink
  /** `none`: a redirect is the answer, not a way to go on. */
  redirects?: 'none'
  /** Whoever runs ClawLink named its host for this very request: it may be one inside. No other request may go there by that. */
  inside?: true
  /** Time for this request, where it has its own. */
  timeoutMs?: number
}

/**
 * A body that is written piece by piece, such as a file's. `open` may be called again, and then gives it from its beginning:
 * a retry sends all of it. It gives exactly `bytes` bytes.
 */
export type BodySource = { bytes: number; open(): AsyncIterable<Uint8Array> }

/**
 * Takes the content of an answer that may be large. `content` throws where it is cut off, larger than `bytesMax`, or cannot
 * be unpacked; then nothing of what was taken may stay, and `take` has ended when the loss is told. It may stop reading
 * before the end.
 */
export type Sink = {
  bytesMax: number
  take(headers: IncomingHttpHeaders, content: AsyncIterable<Uint8Array>): Promise<unknown>
}

/** `name` tells it from every other one; `load` gives it, PEM, when a connection is made, and is not kept. */
export type ClientCertificate = { name: string; load(): Promise<CertificateParts> }
export type CertificateParts = { cert: string; key: string; passphrase?: string }

/** How far a request got that has no usable answer. It decides whether repeating it could make it happen twice. */
export type Reached = 'not_sent' | 'maybe_sent'

/**
 * Why there is no usable answer. `no_host`: the name is nobody's; `dns`: no name server could say. `connect_timeout`: time ran
 * out before a connection was there; `timeout`: while the answer was awaited. `closed`: the connection broke, or, where
 * nothing was sent, could not be made. `unkept`: the answer was good, and could not be stored.
 */
export type LossReason =
  | 'blocked_address'
  | 'bad_request'
  | 'no_host'
  | 'dns'
  | 'refused'
  | 'tls'
  | 'connect_timeout'
  | 'timeout'
  | 'closed'
  | 'too_large'
  | 'malformed'
  | 'redirect'
  | 'unkept'

export type WireAnswer = {
  kind: 'answered'
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  /** What the sink made of the body, which is empty then, and of how many bytes. */
  sunk?: { bytes: number; value: unknown }
  /** How many requests to the same origin were answered by a redirect before. */
  redirected?: number
}
export type WireLoss = { kind: 'lost'; reached: Reached; reason: LossReason; message: string }
export type WireResult = WireAnswer | WireLoss

export const lost = (reached: Reached, reason: LossReason, message: string): WireLoss => ({
  kind: 'lost',
  reached,
  reason,
  message,
})
