import type { Answer } from './answer.ts'
import type { Fault } from './faults/fault.ts'

/** One request as it reached the wire. */
export type LoggedRequest = {
  atMs: number
  method: string
  /** With its query, exactly as it was sent. */
  path: string
  /** Lower-case names; a header that came twice is joined with `, `. */
  headers: Record<string, string>
  /** Names and values in turn, as they came: shows case, order and repetition. */
  rawHeaders: readonly string[]
  /** Empty when the body was not read (`close_before_read`). */
  body: string
  /** The fault that answered it. Absent when the API itself did. */
  fault?: Fault
  /**
   * Whether the API carried it out: it answered with success, whatever became of that answer. One that got an earlier answer
   * again by its idempotency key was not carried out again.
   */
  applied: boolean
  /** The status that was sent. Absent while, or because, none was. */
  status?: number
}

export type RequestLog = {
  /** Oldest first, the same array for the sandbox's whole life. Holds at least the last `keep` requests. */
  entries: LoggedRequest[]
  add(entry: LoggedRequest): void
  take(): LoggedRequest[]
  /** Resolves as soon as `entries` holds `count` requests. */
  received(count: number): Promise<void>
}

export function requestLog(keep: number): RequestLog {
  const entries: LoggedRequest[] = []
  let waiting: { count: number; resolve: () => void }[] = []
  return {
    entries,
    add(entry) {
      // Trimmed by the half, so that a long benchmark does not move the whole array with every request.
      if (entries.length >= 2 * keep) entries.splice(0, entries.length - keep)
      entries.push(entry)
      if (!waiting.length) return
      for (const { count, resolve } of waiting) if (entries.length >= count) resolve()
      waiting = waiting.filter(({ count }) => entries.length < count)
    },
    take: () => entries.splice(0),
    received(count) {
      if (entries.length >= count) return Promise.resolve()
      return new Promise(resolve => waiting.push({ count, resolve }))
    },
  }
}

/** Whether it asked one of the two OAuth servers for new tokens by a refresh token (RFC 6749, 6). */
export function isRefresh({ method, path, body }: LoggedRequest): boolean {
  return (
    method === 'POST' &&
    /^\/(oauth|odd)\/token(\?|$)/.test(path) &&
    new URLSearchParams(body).get('grant_type') === 'refresh_token'
  )
}

/** Whether what the API answered (undefined: it was not asked) says that the request took effect. */
export function tookEffect(answer: Answer | undefined): boolean {
  return answer !== undefined && answer.status < 300 && answer.headers?.['idempotent-replayed'] === undefined
}

/** Headers by lower-case name, from Node's alternating list. */
export function headersByName(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? ''
    const value = rawHeaders[at + 1] ?? ''
    const before = headers[name]
    headers[name] = before === undefined ? value : `${before}, ${value}`
  }
  return headers
}
