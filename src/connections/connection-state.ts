import type { ConnectionRow, CredentialRow } from '../db/schema.ts'
import type { EventType } from '../events/record-event.ts'

/** How a connection is, and why, in a sentence that may be shown; empty when it is healthy. */
export type Standing = { state: ConnectionRow['state']; reason: string }

/** How long before its end a credential that cannot be renewed counts as ending. */
export const expiringMs = 7 * 24 * 60 * 60 * 1000

export const healthy: Standing = { state: 'healthy', reason: '' }

/**
 * How a connection is as far as its own rows tell, when nothing is wrong at the provider. Pure. `credential` is undefined
 * where it is kept outside.
 */
export function restingState(
  { asked_scopes, granted_scopes }: Pick<ConnectionRow, 'asked_scopes' | 'granted_scopes'>,
  credential: Pick<CredentialRow, 'renewable' | 'expires_at'> | undefined,
  nowMs: number,
): Standing {
  const endsAt = credential && !credential.renewable ? credential.expires_at : null
  const day = endsAt === null ? '' : new Date(endsAt).toISOString().slice(0, 10)
  if (endsAt !== null && endsAt <= nowMs) {
    return { state: 'needs_reauth', reason: `Its credential ended on ${day} and cannot be renewed without a person.` }
  }
  const missing = missingScopes(asked_scopes, granted_scopes)
  if (missing.length) return { state: 'missing_scope', reason: `These scopes were not granted: ${missing.join(', ')}.` }
  if (endsAt !== null && endsAt <= nowMs + expiringMs) {
    return { state: 'expiring', reason: `Its credential ends on ${day} and cannot be renewed without a person.` }
  }
  return healthy
}

/** What is told when a connection goes from one state to another, if anything is. Pure. */
export function eventOfChange(from: ConnectionRow['state'], to: ConnectionRow['state']): EventType | undefined {
  if (from === to) return undefined
  if (to === 'needs_reauth' || to === 'degraded') return `connection.${to}`
  if (from === 'needs_reauth' || from === 'degraded') return 'connection.recovered'
  return to === 'healthy' ? undefined : `connection.${to}`
}

/** Asks for a refresh token or for an identity; many providers grant it and do not report it back. */
const unreported = /^(offline_access|offline\.access|offline|refresh_token|openid|profile|email|oauth)$/

function missingScopes(asked: string, granted: string): string[] {
  if (granted === '') return []
  // Both are lists of texts that we have written ourselves.
  const there = new Set<string>(JSON.parse(granted))
  return (JSON.parse(asked) as string[]).filter(scope => !there.has(scope) && !unreported.test(scope))
}
