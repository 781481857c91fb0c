import type { Environment } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { type ErrorCode, Fault } from '../../core/errors.ts'
import type { ConnectSessionRow } from '../../db/schema.ts'
import type { Connection } from '../connection.ts'

/** How long a person has to connect. */
export const sessionTtlMs = 30 * 60_000
/** How long one that is over can still be asked about. */
export const sessionKeptMs = 24 * 60 * 60_000

export type SessionState = ConnectSessionRow['state']

/** A connect session as the one who asked for it sees it. */
export type ConnectSession = {
  id: string
  state: SessionState
  provider: string
  environment: Environment
  /** What came of it; null while nothing has. */
  connection: Connection | null
  /** Why the last try did not work; null when none failed. The person may try again while the state is `awaiting_user`. */
  problem: SessionProblem
  /** Where the person goes on. */
  link: string
  expiresAt: string
}

export type SessionProblem = { code: ErrorCode; message: string } | null

/** Wakes who waits for a session in this process. */
export const sessionTopic = (id: string) => `connect session ${id}`

export const sessionLink = (app: App, id: string) => `${app.url()}/connect/${id}`

/** Where providers send a browser back to. The same for all of them: it is what an owner registers. */
export const redirectUri = (app: App) => `${app.url()}/connect/callback`

/**
 * What nobody finished in time has expired, or has failed where the last try did; whether or not that is written down yet.
 * Until then a person may try again. Pure.
 */
export function sessionState({ state, code, expires_at }: ConnectSessionRow, nowMs: number): SessionState {
  if (state !== 'awaiting_user' || expires_at > nowMs) return state
  return code === '' ? 'expired' : 'failed'
}

export function problemOf({ code, problem }: ConnectSessionRow): SessionProblem {
  return code === '' ? null : { code: code as ErrorCode, message: problem } // only `recordProblem` writes it
}

/** The same for one of another workspace: nothing to enumerate. */
export function noSession(): Fault {
  return new Fault('not_found', 'There is no such connect link.', { fix: 'Ask for a new one.' })
}
