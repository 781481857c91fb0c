import { describe, expect, test } from 'vitest'
import { connectionRow } from '../../test/kit/connection-row.ts'
import type { ConnectionRow, CredentialRow } from '../db/schema.ts'
import {
  type Found,
  isDueAhead,
  isNewerThan,
  isStillGood,
  meaningOf,
  nextStep,
  type RenewalEnd,
  type Step,
  useOf,
} from './renewal.ts'

const now = Date.UTC(2026, 0, 15, 12)
const minute = 60_000
const margin = 5 * minute

const credential = (more: Partial<CredentialRow> = {}): CredentialRow => ({
  connection_id: 'conn_1',
  workspace_id: 'ws_1',
  version: 3,
  ring_version: 1,
  sealed: '',
  updated_at: now - 60 * minute,
  format: 'parts',
  expires_at: now,
  renewable: 1,
  renew_after: 0,
  failures: 0,
  lease_owner: '',
  lease_until: 0,
  ...more,
})

const found = (row: Partial<CredentialRow> = {}, state: ConnectionRow['state'] = 'healthy'): Found => ({
  row: credential(row),
  connection: connectionRow({ auth: 'oauth2', state }),
})

/** A token that lives for an hour and has this much of it left. */
const leftOfHour = (leftMs: number) => ({ expires_at: now + leftMs, updated_at: now + leftMs - 60 * minute })

describe('a call uses a token', () => {
  test.each<[string, Partial<CredentialRow>, ReturnType<typeof useOf>]>([
    ['as it is, when it does not end', { expires_at: null }, 'now'],
    ['as it is, when it cannot be renewed', { renewable: 0, expires_at: now - 1 }, 'now'],
    ['as it is, until the margin before its end', leftOfHour(margin + 1), 'now'],
    ['and has it renewed, within the margin', leftOfHour(margin), 'now_and_renew'],
    ['and leaves renewing to who is at it', { ...leftOfHour(margin), lease_until: now + 1 }, 'now'],
    ['and leaves a provider alone that has just failed', { ...leftOfHour(margin), renew_after: now + 1 }, 'now'],
    ['only after renewal, when it ends within seconds', leftOfHour(10_000), 'after_renewal'],
    ['only after renewal, when it has ended', leftOfHour(0), 'after_renewal'],
  ])('%s', (_, row, use) => {
    expect(useOf(credential(row), now, margin)).toBe(use)
  })

  test('that lives for a minute as it is for three quarters of that, not never', () => {
    const row = (ageMs: number) => credential({ updated_at: now - ageMs, expires_at: now - ageMs + minute })
    expect(useOf(row(44_000), now, margin)).toBe('now')
    expect(useOf(row(46_000), now, margin)).toBe('now_and_renew')
    expect(useOf(row(51_000), now, margin)).toBe('after_renewal')
  })
})

describe('the worker renews a token', () => {
  test.each([
    [margin + minute + 1, false],
    [margin + minute, true],
    [-60 * minute, true],
  ])('of an hour that has %i ms left: %s', (leftMs, due) => {
    expect(isDueAhead(credential(leftOfHour(leftMs)), now, margin)).toBe(due)
  })

  test('never in the first half of its life, however short that is', () => {
    for (const lifeMs of [1000, minute, 10 * minute, 60 * minute]) {
      const row = credential({ updated_at: now - lifeMs * 0.49, expires_at: now + lifeMs * 0.51 })
      expect(isDueAhead(row, now, margin)).toBe(false)
    }
  })

  test('not at all when it does not end or cannot be renewed', () => {
    expect(isDueAhead(credential({ expires_at: null }), now, margin)).toBe(false)
    expect(isDueAhead(credential({ renewable: 0 }), now, margin)).toBe(false)
  })
})

describe('who wants a version replaced', () => {
  const told = (step: Step | RenewalEnd) => ('end' in step ? step.end : step.next)
  test.each<[string, Found | undefined, string]>([
    ['learns that the connection is gone', undefined, 'gone'],
    ['takes what has replaced it', found({ version: 4, lease_until: now + 1 }, 'needs_reauth'), 'replaced'],
    ['waits for who has the lease', found({ lease_until: now + 1, renew_after: now + 1 }), 'wait'],
    ['takes a lease that has run out', found({ lease_owner: 'worker_1', lease_until: now }), 'claim'],
    ['leaves it while a pause lasts', found({ renew_after: now + 1 }), 'held_off'],
    ['goes on after the pause', found({ renew_after: now }, 'degraded'), 'claim'],
    ['does not ask where a person is needed', found({}, 'needs_reauth'), 'needs_reauth'],
    ['does not ask for what cannot be renewed', found({ renewable: 0 }), 'needs_reauth'],
  ])('%s', (_, standing, expected) => {
    expect(told(nextStep(standing, { staleVersion: 3, insist: false, nowMs: now }))).toBe(expected)
  })

  test('asks all the same when a person insists, but never beside who has the lease', () => {
    const insist = { staleVersion: 3, insist: true, nowMs: now }
    expect(told(nextStep(found({ renew_after: now + 1 }, 'needs_reauth'), insist))).toBe('claim')
    expect(told(nextStep(found({ lease_until: now + 1 }, 'needs_reauth'), insist))).toBe('wait')
  })
})

describe('an answer is stored', () => {
  const asked = { version: 3, lease_owner: 'worker_a' }
  test.each([
    ['when the version is the one it was asked with', { version: 3, lease_owner: 'worker_a' }, true],
    ['late, while somebody else asks already', { version: 3, lease_owner: 'worker_b' }, true],
    ['over an earlier one that came in between', { version: 4, lease_owner: 'worker_a' }, true],
    ['never over a later one', { version: 4, lease_owner: '' }, false],
    ['never beside who asks with a later one', { version: 4, lease_owner: 'worker_b' }, false],
  ])('%s: %o', (_, stored, newer) => {
    expect(isNewerThan(stored, asked)).toBe(newer)
  })
})

test('an access token is good until its end, and a lasting one until a person is needed', () => {
  expect(isStillGood(found({ expires_at: now + 1 }, 'needs_reauth'), now)).toBe(true)
  expect(isStillGood(found({ expires_at: now }), now)).toBe(false)
  expect(isStillGood(found({ expires_at: null }), now)).toBe(true)
  expect(isStillGood(found({ expires_at: null }, 'needs_reauth'), now)).toBe(false)
})

test.each([
  ['invalid_grant', 1, 'ended'],
  ['denied', 1, 'ended'],
  ['expired', 1, 'ended'],
  ['client', 1, 'wrong_client'],
  ['unavailable', 100, 'try_later'],
  ['slow_down', 100, 'try_later'],
  ['other', 4, 'try_later'],
  ['other', 5, 'ended'],
] as const)('the refusal %s at failure %i means %s', (refused, failures, meaning) => {
  expect(meaningOf(refused, failures)).toBe(meaning)
})
