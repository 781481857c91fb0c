import type { Upload } from '../../catalog/define.ts'
import { valueAt } from '../../catalog/paths.ts'
import { jsonOrUndefined } from '../../core/json.ts'
import type { WireAnswer, WireResult } from '../../net/wire.ts'

export type Resumable = Extract<Upload, { kind: 'resumable' }>

/**
 * What an answer to a chunk, or to the question how far the upload is, comes to. `done`: it is the answer to the whole.
 * `at`: the provider has everything before this byte. `again`: it may be over in a moment. `gone`: the provider does not know
 * this upload any more. `refused`: it wants none of it.
 */
export type Step =
  | { kind: 'done' }
  | { kind: 'at'; byte: number }
  | { kind: 'again' }
  | { kind: 'gone' }
  | { kind: 'refused' }

/** Pure. */
export function stepOf(progress: Resumable['progress'], result: WireResult, total: number): Step {
  if (result.kind === 'lost') {
    return { kind: /^(blocked_address|bad_request|tls|redirect)$/.test(result.reason) ? 'refused' : 'again' }
  }
  const { status } = result
  const byte = progress === 'range' ? afterRange(result) : expected(result)
  if (byte !== undefined) return byte <= total ? { kind: 'at', byte } : { kind: 'refused' }
  if (status >= 200 && status < 300) return { kind: 'done' }
  if (status === 404 || status === 410) return { kind: 'gone' }
  // 416: it has these bytes by now, or lacks some before them; it says which when it is asked.
  return { kind: status >= 500 || status === 408 || status === 416 || status === 429 ? 'again' : 'refused' }
}

/** 308 with `Range: bytes=0-41`: 42 bytes are there; without it, none. */
function afterRange({ status, headers }: WireAnswer): number | undefined {
  if (status !== 308) return undefined
  const last = /^bytes=0-(\d{1,15})$/.exec(String(headers.range ?? ''))?.[1]
  return last === undefined ? 0 : Number(last) + 1
}

/** A 2xx whose JSON says `"nextExpectedRanges": ["42-"]`: what comes before that byte is there. */
function expected({ status, body }: WireAnswer): number | undefined {
  if (status < 200 || status > 202) return undefined
  const first = valueAt(jsonOrUndefined(body.toString('utf8')), 'nextExpectedRanges.0')
  const from = /^(\d{1,15})(-\d{0,15})?$/.exec(String(first ?? ''))?.[1]
  return from === undefined ? undefined : Number(from)
}

/** Where the content goes, by the answer to the start: a web address, no less secure than where the start went. */
export function sessionUrl({ session }: Resumable, answer: WireAnswer, startedAt: string): string | undefined {
  const said =
    'header' in session
      ? answer.headers[session.header]
      : valueAt(jsonOrUndefined(answer.body.toString('utf8')), session.body)
  const url = typeof said === 'string' && said !== '' ? URL.parse(said, startedAt) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== new URL(startedAt).protocol)) return undefined
  return /^https?:$/.test(url.protocol) ? url.href : undefined
}

/** `bytes 0-41/100` (RFC 9110, 14.4): `from` up to but without `to`. */
export function contentRange(from: number, to: number, total: number): string {
  return to > from ? `bytes ${from}-${to - 1}/${total}` : `bytes */${total}`
}
