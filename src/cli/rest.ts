/** The REST API of a running ClawLink, as commands use it. */
import * as z from 'zod'
import { type ErrorCode, errorCatalogue, Fault } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { lostRace } from '../http/rest/lost-race.ts'
import { plain } from './print.ts'

/** A running ClawLink. Without a key only what everybody may ask. */
export type Server = { url: string; key?: Secret }

type Asked = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/api/v1`. */
  path: string
  headers?: Record<string, string>
  /** Sent as JSON; a Blob as it is. */
  body?: unknown
  signal?: AbortSignal | undefined
  /** 30 s unless said; 0 for what may take as long as it likes. */
  timeoutMs?: number
}

/** What it answers, in the shape that is expected. A refusal keeps its code, its words and what to do next. */
export async function askRest<T>(server: Server, { shape, ...asked }: Asked & { shape: z.ZodType<T> }) {
  const answer = await openRest(server, asked)
  if (answer instanceof Fault) return answer
  const value: unknown = await answer.json().catch(() => undefined)
  const parsed = shape.safeParse(value)
  return parsed.success ? parsed.data : notOurs(server, answer.status)
}

/** The same as an answer whose body is not read yet: for what is no JSON. */
export async function openRest(server: Server, asked: Asked): Promise<Response | Fault> {
  let answer: Response
  try {
    answer = await fetch(`${server.url}/api/v1${asked.path}`, requestOf(server, asked))
  } catch (cause) {
    if (asked.signal?.aborted) throw cause
    return new Fault('provider_unavailable', `No ClawLink answers at ${server.url}.`, {
      fix: 'Start it with `clawlink start`, or name another one with --url.',
    })
  }
  if (answer.ok) return answer
  const value: unknown = await answer.json().catch(() => undefined)
  return problemFault(value, server) ?? notOurs(server, answer.status)
}

function requestOf({ key }: Server, { method, headers, body, signal, timeoutMs = 30_000 }: Asked): RequestInit {
  const signals = [...(signal ? [signal] : []), ...(timeoutMs ? [AbortSignal.timeout(timeoutMs)] : [])]
  return {
    method,
    headers: {
      ...(body !== undefined && !(body instanceof Blob) && { 'content-type': 'application/json' }),
      ...(key && { authorization: `Bearer ${key.reveal()}` }),
      ...headers,
    },
    ...(body !== undefined && { body: body instanceof Blob ? body : JSON.stringify(body) }),
    // A key goes to the server that it is for and nowhere else.
    redirect: 'error',
    signal: AbortSignal.any(signals),
  }
}

const notOurs = ({ url }: Server, status: number) =>
  new Fault('internal', `What answers at ${url} (${status}) is not a ClawLink of this version.`, {
    fix: 'Check --url.',
  })

const problem = z.object({
  code: z.string().refine((code): code is ErrorCode => Object.hasOwn(errorCatalogue, code)),
  detail: z.string().max(2000),
  fix: z.string().max(2000).optional(),
  retryAfterMs: z.number().optional(),
  choices: z.array(z.string().max(300)).max(50).optional(),
  race: lostRace.optional(),
})

function problemFault(value: unknown, { key }: Server): Fault | undefined {
  const { data } = problem.safeParse(value)
  if (!data) return undefined
  const { code, detail, fix, retryAfterMs, choices, race } = data
  // The catalogue's words are for programs, which send their key themselves.
  const atCommandLine =
    code === 'unauthorized' && key
      ? 'The key is wrong, revoked or expired. Get another one: clawlink pair, or set CLAWLINK_KEY.'
      : fix
  return new Fault(code, plain(detail), {
    ...(atCommandLine !== undefined && { fix: plain(atCommandLine) }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(choices && { choices: choices.map(plain) }),
    ...(race && { race }),
  })
}

/** The URL of a ClawLink, without a slash at its end. */
export function readUrl(given: string): string | Fault {
  const url = URL.parse(given)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && !url.search && !url.hash && !url.username)
    return url.href.replace(/\/+$/, '')
  return new Fault('validation_error', '--url takes the URL of a ClawLink.', {
    fix: 'For example: --url http://127.0.0.1:9077',
  })
}
