import type { A2aAsked } from './asked.ts'

/** An operation of a binding over HTTP; what the parentheses of `path` hold is handed to `serve`. */
export type A2aRoute = {
  method: string
  path: RegExp
  serve(asked: A2aAsked, ids: string[]): Promise<Response> | Response
}

/** Undefined where there is no such operation; `failed` writes what went wrong. */
export async function serveRoutes(
  routes: readonly A2aRoute[],
  asked: A2aAsked,
  failed: (cause: unknown) => Response,
): Promise<Response | undefined> {
  for (const { method, path, serve } of routes) {
    const found = method === asked.incoming.method ? path.exec(asked.path) : null
    if (!found) continue
    try {
      return await serve(asked, found.slice(1))
    } catch (cause) {
      return failed(cause)
    }
  }
  return undefined
}
