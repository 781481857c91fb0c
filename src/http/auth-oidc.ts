import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import * as z from 'zod'
import { networkOf } from '../accounts/network-of.ts'
import { finishOidcSignIn } from '../accounts/people/finish-oidc-sign-in.ts'
import { openState } from '../accounts/people/oidc-state.ts'
import { oidcLastsMs, startOidcSignIn } from '../accounts/people/start-oidc-sign-in.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { json, plainHeaders, responseOf } from './answer.ts'
import { problem } from './problem.ts'
import { parseJson, readBody } from './read-json.ts'
import { requestOrigin } from './request-origin.ts'
import { requirePrincipal } from './require-principal.ts'
import { sessionCookieOf } from './rest/signed-in-reply.ts'

const name = 'clawlink_oidc'
/** `to` has to fit into a cookie, sealed. */
const startBody = z.strictObject({
  invitation: z.string().max(100).optional(),
  to: z.string().max(1000).optional(),
  password: z.string().max(400).optional(),
})

/**
 * Signing in at an OpenID provider, below `/auth/oidc`. `GET /start` is a link. `POST /start` answers with the place to go
 * to: for who accepts an invitation, whose token is in the body and in no URL, for who wants to go on to a page, or who is
 * signed in and links the account, with their password. Whatever comes of it is told in the fragment:
 * `/sign-in#challenge=…`, `#problem=<code>`, and `#done` where there is a page to go on to.
 */
export function oidcSignIn(app: App): Hono<{ Bindings: HttpBindings }> {
  const http = new Hono<{ Bindings: HttpBindings }>()

  http.get('/start', async c => {
    const started = (await tooMany(app, c.env.incoming)) ?? (await startOidcSignIn(app))
    if (started instanceof Fault) return goTo(app, `/sign-in#problem=${started.code}`)
    return goTo(app, started.location, [keep(app, started.state)])
  })

  http.post('/start', async c => {
    const { incoming } = c.env
    const asking = await requirePrincipal(app, 'open', incoming)
    if (asking instanceof Fault) return responseOf(problem(asking))
    const body = await bodyOf(app, incoming)
    if (body instanceof Fault) return responseOf(problem(body))
    const linking =
      asking && 'sessionId' in asking ? { person: asking, origin: requestOrigin(app, incoming) } : undefined
    const started = (await tooMany(app, incoming)) ?? (await startOidcSignIn(app, { ...body, linking }))
    if (started instanceof Fault) return responseOf(problem(started))
    const answer = json({ location: started.location })
    return responseOf({ ...answer, headers: { ...answer.headers, 'set-cookie': keep(app, started.state) } })
  })

  http.get('/callback', async c => {
    const { incoming } = c.env
    const asking = await requirePrincipal(app, 'open', incoming)
    const person = asking && 'sessionId' in asking ? asking : undefined
    const origin = requestOrigin(app, incoming)
    const kept = /(?:^|;\s*)clawlink_oidc=([\w.-]+)/.exec(incoming.headers.cookie ?? '')?.[1]
    const state = openState(app.vault, kept, app.clock.now())
    const done = await finishOidcSignIn(app, { state, search: new URL(c.req.url).search, person, origin })
    const forget = `${name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0${secure(app)}`
    const { to } = state ?? {}
    const signIn = (told: string) => `/sign-in${to === undefined ? '' : `?${new URLSearchParams({ to })}`}#${told}`
    if (done instanceof Fault)
      return goTo(app, person ? `/settings#problem=${done.code}` : signIn(`problem=${done.code}`), [forget])
    app.addressTries.forgive(networkOf(origin.address), app.clock.now())
    if (done.status === 'linked') return goTo(app, '/settings', [forget])
    if (done.status === 'second_factor') return goTo(app, signIn(`challenge=${done.challenge.reveal()}`), [forget])
    return goTo(app, to === undefined ? '/' : signIn('done'), [forget, sessionCookieOf(app, done)])
  })
  return http
}

async function bodyOf(app: App, incoming: HttpBindings['incoming']): Promise<z.output<typeof startBody> | Fault> {
  const bytes = await readBody(app, incoming, app.config.requestBytesMax)
  const parsed = bytes instanceof Fault ? bytes : parseJson(bytes)
  if (parsed instanceof Fault) return parsed
  const body = startBody.safeParse(parsed.value)
  return body.success
    ? body.data
    : new Fault('validation_error', 'The body holds an `invitation`, a `to`, a `password`, or nothing.')
}

/** Each start asks the provider for something, so each one counts, unless its way back was good. */
function tooMany(app: App, incoming: HttpBindings['incoming']): Fault | undefined {
  return app.addressTries.take(networkOf(requestOrigin(app, incoming).address), app.clock.now())
}

function keep(app: App, state: Secret): string {
  const maxAge = oidcLastsMs / 1000
  return `${name}=${state.reveal()}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure(app)}`
}

const secure = (app: App) => (app.url().startsWith('https:') ? '; Secure' : '')

function goTo(app: App, place: string, cookies: readonly string[] = []): Response {
  const headers = new Headers(plainHeaders)
  headers.set('location', place.startsWith('/') ? `${app.url()}${place}` : place)
  headers.set('referrer-policy', 'no-referrer')
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 302, headers })
}
