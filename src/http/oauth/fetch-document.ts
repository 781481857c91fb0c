import type { Net } from '../../net/send.ts'

/**
 * `fetch` as oidc-provider wants it, for the documents that clients name themselves by: through our one way out, with its
 * address policy, and never along a redirect, which on somebody's open redirector would let a stranger speak as them.
 */
export function fetchDocument(net: Net): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    const headers = { accept: 'application/json', 'user-agent': 'ClawLink' }
    const request = { method: 'GET', url, headers, credential: {}, redirects: 'none' as const }
    const late = new Promise<never>((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('the document did not come in time')))
    })
    const result = await Promise.race([net.send(request), late])
    if (result.kind === 'lost') throw new Error(result.message)
    const answered = Object.entries(result.headers).map(([name, value]) => [name, String(value)] as [string, string])
    return new Response(new Uint8Array(result.body), { status: result.status, headers: answered })
  }
}
