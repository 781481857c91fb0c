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
  body?: string
  /** `none`: a redirect is the answer, not a way to go on. */
  redirects?: 'none'
  /** Whoever runs ClawLink named its host for this very request: it may be one inside. No other request may go there by that. */
  inside?: true
  /** Time for this request, where it has its own. */
  timeoutMs?: number
}

/** `name` tells it from every other one; `load` gives it, PEM, when a connection is made, and is not kept. */
export type ClientCertificate = { name: string; load(): Promise<CertificateParts> }
export type CertificateParts = { cert: string; key: string; passphrase?: string }

/** How far a request got that has no usable answer. It decides whether repeating it could make it happen twice. */
export type Reached = 'not_sent' | 'maybe_sent'

/**
 * Why there is no usable answer. `no_host`: the name is nobody's; `dns`: no name server could say. `connect_timeout`: time ran
 * out before a connection was there; `timeout`: while the answer was awaited. `closed`: the connection broke, or, where
 * nothing was sent, could not be made.
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

export type WireAnswer = { kind: 'answered'; status: number; headers: IncomingHttpHeaders; body: Buffer }
export type WireLoss = { kind: 'lost'; reached: Reached; reason: LossReason; message: string }
export type WireResult = WireAnswer | WireLoss

export const lost = (reached: Reached, reason: LossReason, message: string): WireLoss => ({
  kind: 'lost',
  reached,
  reason,
  message,
})
