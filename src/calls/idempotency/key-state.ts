import type { Ending } from '../../core/outcome.ts'
import type { CallRow, IdempotencyKeyRow } from '../../db/schema.ts'

/** A key with the call that was made under it. */
export type KeyedRow = CallRow &
  Pick<IdempotencyKeyRow, 'owner' | 'lease_until'> & { key_digest: string; key_expires_at: number | null }

/** `abandoned`: whoever ran the call has not been heard of for too long. */
export type KeyState =
  | { kind: 'free' | 'conflict' }
  | { kind: 'ended' | 'parked' | 'running' | 'abandoned'; row: KeyedRow }

/** How a key stands for somebody who asks for what has this digest. Pure. */
export function keyState(row: KeyedRow | undefined, digest: string, nowMs: number): KeyState {
  if (!row || (row.key_expires_at !== null && row.key_expires_at <= nowMs)) return { kind: 'free' }
  if (row.key_digest !== digest) return { kind: 'conflict' }
  if (row.state === 'ended') return { kind: 'ended', row }
  if (row.state === 'awaiting_approval') return { kind: 'parked', row }
  // Without an owner it was approved: jobs have leases of their own.
  return { kind: row.owner !== '' && row.lease_until <= nowMs ? 'abandoned' : 'running', row }
}

/** Failures that say that nothing was done, and that a person puts right without a change of the call. */
const putRight = new Set(['authentication_failed', 'missing_scope'])

/**
 * Whether a key keeps this answer. One that failed in a way that may be better next time is not kept, so that the next call
 * under the key really tries: `failed` means that it did not happen, or that it may be repeated. Pure.
 */
export function isForGood(outcome: Ending): boolean {
  if (outcome.kind !== 'failed') return true
  return !outcome.fault.retryable && !putRight.has(outcome.fault.code)
}
