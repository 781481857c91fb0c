/** When a credential is renewed, by whom, and what a refusal means: decisions, pure. */
import type { ConnectionRow, CredentialRow } from '../db/schema.ts'
import type { Refused } from './oauth/refusal.ts'

/** How long a provider may take to answer before callers are told that it does not. */
export const patienceMs = 15_000
/** How long its answer is waited for all the same: it may hold the only refresh token that is good from now on. */
export const lateMs = 60_000
/**
 * How long one process alone may renew a credential. Longer than its patience, so that a living one is never overtaken.
 * What is saved never rests on this: only on the version.
 */
export const leaseMs = 20_000
/** How often a process looks whether another one has finished. */
export const lookEveryMs = 50
/** A token that ends this soon may not last for the call. */
const tooShortMs = 10_000
/** How much earlier than a call would the worker renews. */
export const aheadMs = 60_000
const newForMs = 60_000
/** Refusals in a row that say nothing clear, after which a person has to look. */
const unclearMax = 5

type Times = Pick<CredentialRow, 'renewable' | 'expires_at' | 'updated_at' | 'renew_after' | 'lease_until'>

/** What a call does about a credential: use it, use it and have it renewed, or wait until it is renewed. */
export type Use = 'now' | 'now_and_renew' | 'after_renewal'

/** `marginMs`: how long before its end a token is renewed. No call waits while its token is good. */
export function useOf(row: Times, nowMs: number, marginMs: number): Use {
  if (row.renewable === 0 || row.expires_at === null) return 'now'
  const leftMs = row.expires_at - nowMs
  const margin = marginOf(row.expires_at - row.updated_at, marginMs)
  if (leftMs > margin) return 'now'
  if (leftMs <= Math.min(tooShortMs, margin)) return 'after_renewal'
  return row.renew_after > nowMs || row.lease_until > nowMs ? 'now' : 'now_and_renew'
}

/** Whether the worker renews it by itself. Never in the first half of its life. */
export function isDueAhead(row: Times, nowMs: number, marginMs: number): boolean {
  if (row.renewable === 0 || row.expires_at === null) return false
  const lifeMs = row.expires_at - row.updated_at
  return row.expires_at - nowMs <= marginOf(lifeMs, marginMs) + marginOf(lifeMs, aheadMs)
}

/** A token that lives for minutes would be renewed at every call with the whole margin: it is in its last quarter. */
const marginOf = (lifeMs: number, marginMs: number) => Math.min(marginMs, Math.max(0, lifeMs) / 4)

/** A token that is refused so soon after it was made would not get better by being made again. */
export const isNew = ({ updated_at }: Pick<CredentialRow, 'updated_at'>, nowMs: number): boolean =>
  nowMs - updated_at < newForMs

/** A credential and its connection as they stand in the database. */
export type Found = { row: CredentialRow; connection: ConnectionRow }

/** How the wish to have a version replaced ends. `held_off`: not now, but later; `needs_reauth`: not without a person. */
export type RenewalEnd = { end: 'replaced' | 'held_off' | 'needs_reauth'; found: Found } | { end: 'gone' }

export type Step = { next: 'claim' | 'wait' } | RenewalEnd

/**
 * What to do now so that `staleVersion` is replaced. `insist`: try although it failed before, because a person asks or
 * something has changed.
 */
export function nextStep(
  found: Found | undefined,
  { staleVersion, insist, nowMs }: { staleVersion: number; insist: boolean; nowMs: number },
): Step {
  if (!found) return { end: 'gone' }
  const { row, connection } = found
  if (row.version !== staleVersion) return { end: 'replaced', found }
  if (row.renewable === 0) return { end: 'needs_reauth', found }
  if (!insist && connection.state === 'needs_reauth') return { end: 'needs_reauth', found }
  if (row.lease_until > nowMs) return { next: 'wait' }
  if (!insist && row.renew_after > nowMs) return { end: 'held_off', found }
  return { next: 'claim' }
}

/**
 * Whether the answer to whoever took the lease as `asked` says is newer than what is stored: nothing was stored since, or
 * only the late answer to somebody who had asked before, which the provider may have taken back in favour of this one.
 */
export function isNewerThan(
  stored: Pick<CredentialRow, 'version' | 'lease_owner'>,
  asked: Pick<CredentialRow, 'version' | 'lease_owner'>,
): boolean {
  return stored.version === asked.version || stored.lease_owner === asked.lease_owner
}

/** Whether the access token still counts as good. One without an end does, as long as nobody has to sign in again. */
export function isStillGood({ row, connection }: Found, nowMs: number): boolean {
  return row.expires_at === null ? connection.state !== 'needs_reauth' : row.expires_at > nowMs
}

/** What a refusal means. `failures`: how many tries in a row came to nothing, this one included. */
export function meaningOf(refused: Refused, failures: number): 'ended' | 'wrong_client' | 'try_later' {
  if (refused === 'client') return 'wrong_client'
  if (refused === 'invalid_grant' || refused === 'denied' || refused === 'expired') return 'ended'
  return refused === 'other' && failures >= unclearMax ? 'ended' : 'try_later'
}
