import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import { serve } from './serve.ts'

/** One request of a provider's API and the answer that it gave. */
export type Recording = {
  method: string
  /** With its query. */
  path: string
  /** Parsed JSON. Absent or empty: none, or an empty object, which says the same. */
  body?: unknown
  status: number
  headers: Record<string, string | number>
  /** Parsed JSON, or the text itself when the content type is not JSON. Empty: no body. */
  response: unknown
  /** How often it answers: once unless told. */
  times?: number
}

/** One request as it arrived. Header names are lower-case. */
export type Received = {
  method: string
  /** With its query, as it was sent. */
  path: string
  headers: Record<string, string>
  /** Parsed JSON; undefined when there was no body. */
  body: unknown
}

export type RecordedProvider = {
  url: string
  /** Everything that arrived, in order. */
  received: Received[]
  /** What arrived and is in no recording. Each got a 400, so a strict test expects none. */
  unexpected: Received[]
  /** More recordings, after those that are not used up yet. */
  add(...recordings: Recording[]): void
  [Symbol.asyncDispose](): Promise<void>
}

export type RecordedProviderOptions = {
  recordings: readonly Recording[]
  /** Where the recordings come from. In answers (Link, Location, bodies) it becomes the address of this server. */
  origin: string
  /** Looks at a request before the recordings do, and may refuse it, as a provider does without a credential. */
  refuse?: (request: Received) => Recording | undefined
  /** Paths that name the same thing: a request that begins with a key is also looked up with its value. */
  sameAs?: Record<string, string>
}

/**
 * A real HTTP server on loopback that gives recorded answers, and only those: method, path, query and body have to match
 * one that is not used up, in the order of recording. What matches none is answered with 400 and kept in `unexpected`.
 */
export async function startRecordedProvider(options: RecordedProviderOptions): Promise<RecordedProvider> {
  const left = options.recordings.map(recording => ({ recording, times: recording.times ?? 1 }))
  const received: Received[] = []
  const unexpected: Received[] = []
  const { url, close } = await serve(async (request, response) => {
    const arrived = await readRequest(request)
    received.push(arrived)
    const refusal = options.refuse?.(arrived)
    if (refusal) return answer(response, refusal, options.origin, url)
    const paths = [arrived.path, ...otherPaths(arrived.path, options.sameAs ?? {})]
    const match = left.find(({ recording, times }) => times > 0 && fits(recording, arrived, paths))
    if (!match) unexpected.push(arrived)
    else match.times--
    answer(response, match?.recording ?? notRecorded(arrived), options.origin, url)
  })
  return {
    url,
    received,
    unexpected,
    add: (...recordings) =>
      void left.push(...recordings.map(recording => ({ recording, times: recording.times ?? 1 }))),
    [Symbol.asyncDispose]: close,
  }
}

/**
 * A scenario of @octokit/fixtures: real answers of api.github.com with names, ids and times made uniform. Its times in
 * `x-ratelimit-reset` came out in milliseconds; here they are in seconds again, as GitHub sends them.
 */
export function githubScenario(name: string): Recording[] {
  const file = `../../node_modules/@octokit/fixtures/scenarios/api.github.com/${name}/normalized-fixture.json`
  const recordings = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Recording[] // as its README says
  return recordings.map(recording => {
    const reset = Number(recording.headers['x-ratelimit-reset'])
    if (!reset) return recording
    return { ...recording, headers: { ...recording.headers, 'x-ratelimit-reset': reset / 1000 } }
  })
}

async function readRequest(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set, so chunks are buffers
  const text = Buffer.concat(chunks).toString('utf8')
  const headers = Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')])
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(headers) as Record<string, string>, // from pairs of strings
    body: text ? JSON.parse(text) : undefined,
  }
}

function otherPaths(path: string, sameAs: Record<string, string>): string[] {
  return Object.entries(sameAs).flatMap(([prefix, other]) =>
    path.startsWith(prefix) ? [other + path.slice(prefix.length)] : [],
  )
}

function fits(recording: Recording, { method, body }: Received, paths: readonly string[]): boolean {
  if (recording.method.toUpperCase() !== method) return false
  if (!paths.some(path => isDeepStrictEqual(partsOf(path), partsOf(recording.path)))) return false
  return isDeepStrictEqual(body ?? {}, recording.body || {})
}

/** The path as it is written, escapes included, and the query as what it says, in any order. */
function partsOf(path: string): { path: string; query: string[][] } {
  const [written = '', query] = path.split('?', 2)
  return { path: written, query: [...new URLSearchParams(query)].sort() }
}

/** Headers that belong to the connection on which it was recorded, or that this server makes itself. */
const ofTheConnection = ['connection', 'content-length', 'transfer-encoding', 'content-encoding', 'date']

function answer(response: ServerResponse, recording: Recording, origin: string, url: string): void {
  const here = (text: string) => text.replaceAll(origin, url)
  for (const [name, value] of Object.entries(recording.headers)) {
    if (!ofTheConnection.includes(name)) response.setHeader(name, here(String(value)))
  }
  const { response: body } = recording
  const json = /json/.test(String(recording.headers['content-type'] ?? 'json'))
  response.writeHead(recording.status).end(body === '' ? undefined : here(json ? JSON.stringify(body) : String(body)))
}

function notRecorded({ method, path }: Received): Recording {
  const message = `There is no recording of ${method} ${path}`
  return { method, path, status: 400, headers: { 'content-type': 'application/json' }, response: { message } }
}
