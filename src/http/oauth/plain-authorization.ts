import { oauthScope } from '../../accounts/grants/make-grant.ts'
import { oauthPaths } from './metadata.ts'
import { type Refusing, tellRefusal } from './tell-refusal.ts'

/** What of an authorization request is looked at. Clients also send parameters of OpenID Connect; here is nothing of it. */
const looked = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'state',
  'code_challenge',
  'code_challenge_method',
  'resource',
] as const

type Query = Record<string, string | string[] | undefined>

/** The part of a Koa context that is needed here. */
type Context = Refusing & {
  path: string
  query: Query
  response: { get(name: string): string; remove(name: string): void }
}

/**
 * Authorization requests, each brought down to what matters, before oidc-provider sees them. The scope is always the one
 * that there is: what a client may do in detail is the person's choice. Answers go by redirect alone, so that no page is
 * ever rendered here. Errors too, but to no web site: anybody may register one, and a link to ClawLink would lead there
 * without a person having been asked (RFC 9700, 4.11.2).
 */
export const plainAuthorization = (issuer: string) => async (ctx: Context, next: () => Promise<unknown>) => {
  if (ctx.method !== 'GET' || ctx.path !== oauthPaths.authorization) {
    await next()
    return
  }
  const { query } = ctx
  if (query.response_mode !== undefined && query.response_mode !== 'query')
    return refuse(ctx, 'invalid_request', 'the only response_mode is query')
  if (Array.isArray(query.resource)) return refuse(ctx, 'invalid_target', 'one resource at a time')
  const plain: Query = { scope: oauthScope }
  for (const name of looked) if (query[name] !== undefined) plain[name] = query[name]
  if (query.prompt === 'none') plain.prompt = 'none'
  ctx.query = plain
  await next()
  const to = URL.parse(ctx.response.get('location'))
  if (to?.protocol !== 'https:' || to.origin === new URL(issuer).origin) return
  ctx.response.remove('location')
  const said = new URLSearchParams(to.hash ? to.hash.slice(1) : to.search)
  refuse(ctx, said.get('error') ?? 'invalid_request', said.get('error_description') ?? '')
}

function refuse(ctx: Context, error: string, description: string): void {
  ctx.status = 400
  tellRefusal(ctx, { error, error_description: description })
}
