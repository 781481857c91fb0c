import type { PairingRow } from '../../db/schema.ts'
import type { KeyTerms } from '../create-key.ts'
import type { Environment } from '../principal.ts'
import { readScope, type Scope } from '../scope.ts'

/** How long a member has to decide. */
export const pairingTtlMs = 15 * 60_000
/** The shortest time between two polls of a device (RFC 8628, 3.2: `interval`). */
export const pollIntervalMs = 2000

export type PairingState = PairingRow['state'] | 'expired'

/** A pairing as a member sees it. Label, host and scope are what the device says of itself: nothing vouches for them. */
export type Pairing = {
  id: string
  userCode: string
  label: string
  host: string
  /** Where the device asked from. */
  address: string
  environment: Environment
  /** What it asks for. */
  scope: Scope
  state: PairingState
  createdAt: string
  expiresAt: string
}

/** What a member granted, until the device fetches it. */
export type Granted = { agentId: string; terms: KeyTerms; byName: string }

/** Expiry is no stored state: what nobody decided, or nobody fetched, in time has expired. Pure. */
export function pairingState({ state, expires_at }: PairingRow, nowMs: number): PairingState {
  return (state === 'awaiting_browser' || state === 'approved') && expires_at <= nowMs ? 'expired' : state
}

export function pairingView(row: PairingRow, nowMs: number): Pairing {
  return {
    id: row.id,
    userCode: row.user_code,
    label: row.label,
    host: row.host,
    address: row.address,
    environment: row.environment,
    scope: readScope(row.asked_scope),
    state: pairingState(row, nowMs),
    createdAt: new Date(row.created_at).toISOString(),
    expiresAt: new Date(row.expires_at).toISOString(),
  }
}
