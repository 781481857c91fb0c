import type { SignedIn } from '../../accounts/people/begin-session.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { clearSessionCookie, setSessionCookie } from '../session-cookie.ts'
import { Reply } from './route.ts'

/** The answer that starts a session in the browser, or the fault. */
export function signedInReply(app: App, done: SignedIn | Fault) {
  return done instanceof Fault ? done : new Reply({ status: done.status }, { 'set-cookie': sessionCookieOf(app, done) })
}

export function signedOutReply(app: App) {
  return new Reply({ status: 'signed_out' as const }, { 'set-cookie': clearSessionCookie({ secure: isSecure(app) }) })
}

/** The `Set-Cookie` of a session that was just started. */
export function sessionCookieOf(app: App, { token, expiresAt }: SignedIn): string {
  return setSessionCookie(token, { secure: isSecure(app), maxAgeMs: expiresAt - app.clock.now() })
}

const isSecure = (app: App) => app.url().startsWith('https:')
