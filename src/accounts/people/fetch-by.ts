import type { CustomFetch } from 'openid-client'
import type { Net } from '../../net/send.ts'

/** `fetch`, as openid-client asks for it, by the one way out: with its address policy and its limits. */
export function fetchBy(net: Net): CustomFetch {
  return async (url, { method, headers, body }) => {
    const { authorization, ...plain } = Object.fromEntries(new Headers(headers))
    const result = await net.send({
      method,
      url,
      headers: plain,
      credential: authorization === undefined ? {} : { authorization },
      ...(body !== undefined && body !== null && { body: String(body) }),
    })
    if (result.kind === 'lost') throw new Error(result.message)
    const type = result.headers['content-type']
    return new Response(new Uint8Array(result.body), {
      status: result.status,
      headers: type === undefined ? {} : { 'content-type': type },
    })
  }
}
