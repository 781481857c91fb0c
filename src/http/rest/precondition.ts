import type { IncomingHttpHeaders } from 'node:http'
import { Fault } from '../../core/errors.ts'

/** The version that a change is based on, and its ETag where it was named by that. Without either: it is a new thing. */
export type Based = { baseVersion: number | 'any'; baseEtag?: string }

/**
 * What `If-Match`, `If-None-Match` (RFC 9110, 13.1) or the query say. One ETag, since a change is made of one version; a weak
 * one never matches.
 */
export function basedOn(headers: IncomingHttpHeaders, asked: number | 'any' | undefined): Based | Fault {
  const { 'if-match': match, 'if-none-match': none } = headers
  if ([match, none, asked].filter(each => each !== undefined).length > 1)
    return refusal('Only one of If-Match, If-None-Match and baseVersion can say what a change is based on.')
  if (none !== undefined) return none.trim() === '*' ? { baseVersion: 0 } : refusal('If-None-Match must be `*` here.')
  if (match === undefined) return { baseVersion: asked ?? 0 }
  if (match.trim() === '*') return { baseVersion: 'any' }
  const [, etag, version] = /^"((\d{1,9})-[0-9a-f]*)"$/.exec(match.trim()) ?? []
  if (etag === undefined) return refusal('If-Match must be one ETag as an answer gave it, in quotes, or `*`.')
  return { baseVersion: Number(version), baseEtag: etag }
}

const refusal = (message: string) =>
  new Fault('validation_error', message, { fix: 'Send the ETag of the version that you have read, or its number.' })
