import { chosenWorkspace } from '../session/chosen-workspace.ts'
import type { Routes } from './openapi.ts'
import { problemFrom, unreachable } from './problem.ts'

/** A REST operation by method and path below /api/v1, such as `GET /agents/{id}`. */
export type RouteName = keyof Routes
/** What an operation takes: `params` of its path, `query`, `body`. */
export type Parts<N extends RouteName> = Routes[N]['parts']
/** What an operation answers with when it goes well. */
export type Answer<N extends RouteName> = Routes[N]['answer']
/** One row of what a list operation answers with. */
export type Item<N extends RouteName> = Answer<N> extends { items: (infer T)[] } ? T : never
/** The parts as arguments: they may be left out where all of them may. */
export type PartsOf<N extends RouteName> = object extends Parts<N> ? [parts?: Parts<N>] : [parts: Parts<N>]

type AnyParts = { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown }

/** One request to ClawLink, as the person who is signed in. Throws a Problem. */
export async function send<N extends RouteName>(
  name: N,
  parts: Parts<N>,
  options: { signal?: AbortSignal } = {},
): Promise<Answer<N>> {
  const answer = await request(name, parts, options)
  const told: unknown = await answer.json().catch(() => undefined)
  if (told === undefined) throw problemFrom(answer.status, told)
  return told as Answer<N> // the types are written from the schemas that the server answers by
}

/** The same where the answer is no JSON, but content: it is not read yet. Throws a Problem. */
export async function request<N extends RouteName>(
  name: N,
  parts: Parts<N>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Response> {
  const [method = 'GET', template = ''] = name.split(' ')
  const { params = {}, query, body }: AnyParts = parts
  const path = template.replace(/\{(\w+)\}/g, (_, param: string) => encodeURIComponent(params[param] ?? ''))
  const workspace = chosenWorkspace()
  const answer = await fetch(`/api/v1${path}${searchOf(query)}`, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(workspace !== undefined && { 'x-clawlink-workspace': workspace }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch(cause => {
    throw signal?.aborted ? cause : unreachable()
  })
  if (!answer.ok) throw problemFrom(answer.status, await answer.json().catch(() => undefined))
  return answer
}

function searchOf(query: Record<string, unknown> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return search && `?${search}`
}
