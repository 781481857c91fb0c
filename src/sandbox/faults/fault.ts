/** Which requests a fault is for. Without any of these, every one. */
export type FaultMatch = {
  /** Upper-case. */
  method?: string
  /** A prefix of the path with its query; or, when it begins with `^`, a regular expression for it. */
  path?: string
}

/** Whether a request, given with its query, is one of these. */
export function matcherOf({ method, path = '' }: FaultMatch = {}): (method: string, path: string) => boolean {
  const pattern = path.startsWith('^') ? new RegExp(path) : undefined
  return (givenMethod, given) =>
    (!method || method === givenMethod) && (pattern ? pattern.test(given) : given.startsWith(path))
}

type When = {
  match?: FaultMatch
  /** How many requests it answers: once unless said, `always` unless said when there is a `probability`. */
  times?: number | 'always'
  /** Answers a matching request only with this chance, from 0 to 1, drawn from the sandbox's seed. */
  probability?: number
}

type Writes = When & {
  /**
   * Whether the request still takes effect. By default it does when the fault spoils or swallows an answer of success,
   * and does not when the fault stands in front of the API: see `appliedUnlessSaid`.
   */
  applied?: boolean
}

/** One way to misbehave. Times are in milliseconds, sizes in bytes. */
export type Fault =
  | (Writes & { kind: 'status'; status: number; headers?: Record<string, string>; body?: unknown })
  /** 429. `retryAfter` goes out as it is (seconds or an HTTP date); each header is left out when its field is. `headers`: others. */
  | (When & {
      kind: 'rate_limit'
      retryAfter?: number | string
      limit?: number
      remaining?: number
      resetEpochS?: number
      headers?: Record<string, string>
    })
  /** The right answer, applied on arrival and given `ms` later. */
  | (When & { kind: 'slow'; ms: number })
  /** The connection stays open and nothing is ever sent. */
  | (Writes & { kind: 'hang' })
  /** Status and headers of the right answer, and no body, ever. */
  | (Writes & { kind: 'hang_after_headers' })
  /** 200 and an endless body: `bytes` (1) every `everyMs` (100). */
  | (Writes & { kind: 'drip'; everyMs?: number; bytes?: number })
  | (Writes & { kind: 'redirect'; location: string; status?: 301 | 302 | 303 | 307 | 308 })
  /** A web page where JSON was expected, by default with 200. */
  | (Writes & { kind: 'html'; status?: number })
  /** 200 with `{ ok: false, error }`. */
  | (Writes & { kind: 'ok_error'; error?: string })
  /**
   * As `close_before_read`, and so do the next `connections` (1) new connections, before anything is read of them: what was
   * sent on those is not in the log.
   */
  | (When & { kind: 'close_on_accept'; connections?: number })
  /** The connection ends before the body is read; never applied. `reset`: by a TCP reset. */
  | (When & { kind: 'close_before_read'; reset?: boolean })
  /** The connection ends when `bytes` of the body were read. What had come in of a resumable upload by then stays there. */
  | (When & { kind: 'close_mid_upload'; bytes: number })
  /** Read and applied, then the connection ends without an answer. */
  | (Writes & { kind: 'close_after_read' })
  /** The connection ends in the middle of a header of the answer. `reset`: by a TCP reset. */
  | (Writes & { kind: 'close_mid_headers'; reset?: boolean })
  /** Half of the right answer, then the connection ends. `chunked`: without saying the length before. */
  | (Writes & { kind: 'close_mid_body'; chunked?: boolean })
  /** The right answer under a content-length that is `by` bytes too large, or too small where it is below 0. */
  | (Writes & { kind: 'wrong_length'; by: number })
  /** Read, then the connection is reset (TCP RST). */
  | (Writes & { kind: 'reset' })
  /** 200 with a JSON body of this size. */
  | (Writes & { kind: 'huge'; bytes: number })
  /** 200 with JSON that breaks off, under a content-length that fits. */
  | (Writes & { kind: 'invalid_json' })
  /** 200 with `content-encoding: gzip` and JSON that expands to this size. */
  | (Writes & { kind: 'gzip_bomb'; bytes: number })
  /** 200 with JSON in Latin-1 that calls itself UTF-8. */
  | (Writes & { kind: 'wrong_charset' })

export type FaultKind = Fault['kind']

const appliedUnlessSaid: Record<FaultKind, boolean> = {
  status: false,
  rate_limit: false,
  slow: true,
  hang: false,
  hang_after_headers: true,
  drip: true,
  redirect: false,
  html: false,
  ok_error: false,
  close_on_accept: false,
  close_before_read: false,
  close_mid_upload: false,
  close_after_read: true,
  close_mid_headers: true,
  close_mid_body: true,
  wrong_length: true,
  reset: false,
  huge: true,
  invalid_json: true,
  gzip_bomb: true,
  wrong_charset: true,
}

/** Whether a request that meets this fault still takes effect. */
export function isApplied(fault: Fault): boolean {
  return ('applied' in fault ? fault.applied : undefined) ?? appliedUnlessSaid[fault.kind]
}
