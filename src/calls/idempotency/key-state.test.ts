import { describe, expect, test } from 'vitest'
import { type ErrorCode, Fault } from '../../core/errors.ts'
import type { Ending } from '../../core/outcome.ts'
import type { CallRow } from '../../db/schema.ts'
import { isForGood, type KeyedRow, keyState } from './key-state.ts'

const now = 1000

function row(state: CallRow['state'], more: Partial<KeyedRow> = {}): KeyedRow {
  return {
    id: 'call_1',
    workspace_id: 'ws_1',
    agent_id: 'agt_1',
    key_id: 'key_1',
    environment: 'live',
    surface: 'rest',
    tool: 'sandbox_whoami',
    connection_id: 'conn_1',
    digest: '',
    state,
    started_at: 0,
    sent_at: 0,
    ended_at: null,
    canceled_at: null,
    progress: '',
    paused: '',
    owner: 'call_1',
    lease_until: now + 1,
    key_digest: 'asked',
    key_expires_at: null,
    ...more,
  }
}

describe('a key', () => {
  test.each<[string, KeyedRow | undefined, string]>([
    ['that nobody used', undefined, 'free'],
    ['whose time is over', row('ended', { key_expires_at: now }), 'free'],
    ['whose time is over, of another call', row('ended', { key_expires_at: now, key_digest: 'other' }), 'free'],
    ['of another call', row('sending', { key_digest: 'other' }), 'conflict'],
    ['of another call that has ended', row('ended', { key_digest: 'other', key_expires_at: now + 1 }), 'conflict'],
    ['of a call that is sent', row('sending'), 'running'],
    ['of a call that is sent by nobody who was heard of', row('sending', { lease_until: now }), 'abandoned'],
    ['of a call that waits for a member', row('awaiting_approval', { owner: '', lease_until: 0 }), 'parked'],
    ['of a call that was approved', row('approved', { owner: '', lease_until: 0 }), 'running'],
    ['of an approved call that a job sends', row('sending', { owner: '', lease_until: 0 }), 'running'],
    ['of a call that has ended', row('ended', { owner: '', lease_until: 0, key_expires_at: now + 1 }), 'ended'],
  ])('%s', (_, found, kind) => expect(keyState(found, 'asked', now).kind).toBe(kind))
})

describe('a key keeps', () => {
  const failed = (code: ErrorCode): Ending => ({ kind: 'failed', fault: new Fault(code, 'It failed.') })

  test.each<[string, Ending, boolean]>([
    ['a success', { kind: 'succeeded', output: 1, providerStatus: 200 }, true],
    ['what is not known', { kind: 'unknown', fault: new Fault('outcome_unknown', 'Lost.') }, true],
    ['what is not known, whatever its code', { kind: 'unknown', fault: new Fault('timeout', 'Lost.') }, true],
    ['a refusal', failed('not_found'), true],
    ['a member’s no', failed('approval_denied'), true],
    ['no rate limit', failed('rate_limited'), false],
    ['no open breaker', failed('circuit_open'), false],
    ['no outage', failed('provider_unavailable'), false],
    ['no refused credential', failed('authentication_failed'), false],
    ['no missing scope', failed('missing_scope'), false],
  ])('%s', (_, outcome, kept) => expect(isForGood(outcome)).toBe(kept))
})
