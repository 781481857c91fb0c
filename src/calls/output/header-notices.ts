import type { IncomingHttpHeaders } from 'node:http'
import type { Connector } from '../../catalog/define.ts'
import type { ToolNoticeRow } from '../../db/schema.ts'
import { httpDateMs } from '../retry-after.ts'

export type HeaderNotice = { kind: Exclude<ToolNoticeRow['kind'], 'output_mismatch'>; value: string }

type VersionFacts = Pick<Connector['api'], 'versionHeader' | 'deprecatedHeader'>

/**
 * What an answer says about the future of what was called: that it is deprecated, since or from when; when it goes away; and
 * which version answered. Times are ISO 8601. What is not plainly one of these counts as nothing said. Pure.
 */
export function headerNotices(
  { versionHeader, deprecatedHeader }: VersionFacts,
  headers: IncomingHttpHeaders,
): HeaderNotice[] {
  const notices: HeaderNotice[] = []
  const deprecation =
    deprecatedSince(headers.deprecation) ?? (deprecatedHeader && headers[deprecatedHeader] ? 'true' : undefined)
  if (deprecation !== undefined) notices.push({ kind: 'deprecation', value: deprecation })
  const sunset = headers.sunset === undefined ? undefined : timeOf(headers.sunset)
  if (sunset !== undefined) notices.push({ kind: 'sunset', value: sunset })
  const version = versionHeader === undefined ? undefined : headers[versionHeader]
  if (typeof version === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(version))
    notices.push({ kind: 'version', value: version })
  return notices
}

/**
 * RFC 9745: a date of structured fields, `@1688169599`. Its drafts, which many APIs follow, had `true`, or a date as HTTP
 * writes them. `true` where it is deprecated and nobody says since when.
 */
function deprecatedSince(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined
  if (/^(\?1|true)$/i.test(header)) return 'true'
  const seconds = /^@(\d{1,12})(;.*)?$/.exec(header)?.[1]
  return seconds === undefined ? timeOf(header) : isoOf(Number(seconds) * 1000)
}

/** RFC 8594: an HTTP-date. Some write ISO 8601, which cannot be mistaken for anything else. */
function timeOf(header: string | string[]): string | undefined {
  if (typeof header !== 'string') return undefined
  const isIso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(header)
  return isoOf(isIso ? Date.parse(header) : httpDateMs(header))
}

/** A time that an API can mean: no zero, and none in another age. */
function isoOf(ms: number): string | undefined {
  return ms >= Date.UTC(2000) && ms < Date.UTC(2100) ? new Date(ms).toISOString() : undefined
}
