import type { Account, Scope } from './accounts.ts'
import type { Answer } from './answer.ts'
import type { Taker } from './files/taker.ts'

/** One request, ready to be answered. */
export type Call = {
  account: Account
  scopes: readonly Scope[]
  /** The `{…}` of the route's path, decoded, in order. */
  params: readonly string[]
  query: URLSearchParams
  /** Parsed JSON; `{}` when the body was empty. */
  body: unknown
  method: string
  headers: Record<string, string>
  /** What came in, when the body was a file. */
  taken?: ReturnType<Taker['end']>
  nowMs: number
  /** Where the sandbox is reached, without a slash at the end. */
  baseUrl: string
  /** How many rows a page has when the request does not say. */
  pageSize: number
}

/** `scope`: what the key must have; null when any valid key will do. */
export type Route = { method: string; path: string; scope: Scope | null; answer: (call: Call) => Answer }

/** A route and its path parameters, or the methods that the path does have (none when there is no such path). */
export type Match = { route: Route; params: string[] } | { allowed: string[] }

/** Finds the route of a request. HEAD finds the route of GET. Nothing in the path is normalised: `..` is just a name. */
export function router(routes: readonly Route[]): (method: string, path: string) => Match {
  const compiled = routes.map(route => ({ route, segments: route.path.split('/') }))
  return (method, path) => {
    const segments = path.split('/')
    const wanted = method === 'HEAD' ? 'GET' : method
    const allowed: string[] = []
    for (const { route, segments: pattern } of compiled) {
      const params = matchSegments(pattern, segments)
      if (!params) continue
      if (route.method === wanted) return { route, params }
      allowed.push(route.method)
    }
    return { allowed }
  }
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): string[] | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: string[] = []
  for (let at = 0; at < pattern.length; at++) {
    const expected = pattern[at] ?? ''
    const given = segments[at] ?? ''
    if (!expected.startsWith('{')) {
      if (expected !== given) return undefined
      continue
    }
    const param = decoded(given)
    if (!param) return undefined
    params.push(param)
  }
  return params
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined // a malformed escape names nothing
  }
}
