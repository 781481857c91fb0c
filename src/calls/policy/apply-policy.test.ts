import { expect, test } from 'vitest'
import { connectionRow } from '../../../test/kit/connection-row.ts'
import type { Scope } from '../../accounts/scope.ts'
import { buildCatalog } from '../../catalog/catalog.ts'
import { apiKey, connector, tool } from '../../catalog/define.ts'
import { Fault } from '../../core/errors.ts'
import { applyPolicy } from './apply-policy.ts'
import type { Rule } from './rule.ts'

const demo = connector({
  name: 'Demo',
  about: 'A demo.',
  auth: [apiKey({ label: 'key' })],
  account: { request: 'GET /me', id: 'id', label: 'name' },
  api: { base: 'https://demo.example' },
  tools: {
    read: tool({ about: 'Read.', input: {}, request: 'GET /read' }),
    remove: tool({ about: 'Remove.', input: {}, request: 'DELETE /thing' }),
  },
})
const { tools } = buildCatalog({ demo })

const connection = connectionRow({ is_default: 1 })
const principal = {
  kind: 'agent',
  workspaceId: 'ws_1',
  agentId: 'agt_1',
  keyId: 'key_1',
  environment: 'live',
  scope: {},
  callsPerMinute: null,
  callsPerDay: null,
} as const
const denyAll: Rule = { id: 'rule_1', name: 'Nothing at all', decision: 'deny', match: {}, expiresAt: null }

function apply(name: string, as: Partial<Parameters<typeof applyPolicy>[0]> = {}, rules: Rule[] = []) {
  const found = tools.get(name)
  if (!found) throw new Error('no such tool')
  return applyPolicy({ ...principal, ...as }, { tool: found, connection, args: {} }, rules, 0)
}

test('a connection is used by its own workspace and environment alone', () => {
  expect(apply('demo_read')).toMatchObject({ decision: 'allow' })
  for (const other of [{ workspaceId: 'ws_2' }, { environment: 'test' as const }]) {
    expect(apply('demo_read', other)).toMatchObject({ code: 'forbidden' })
  }
})

test('a scope is never widened by a rule, and the fault names what it lacks', () => {
  const allowAll: Rule = { ...denyAll, decision: 'allow' }
  const narrowed: [Scope, string][] = [
    [{ effects: [] }, 'read calls'],
    [{ providers: ['other'] }, 'the provider demo'],
    [{ tools: ['demo_remove'] }, 'the tool demo_read'],
    [{ connections: [] }, 'this connection'],
  ]
  for (const [scope, lacking] of narrowed) {
    const fault = apply('demo_read', { scope }, [allowAll])
    expect(fault).toMatchObject({ code: 'forbidden', message: expect.stringContaining(lacking) })
  }
})

test('a rule that denies is named in the message and in the fix', () => {
  const fault = apply('demo_read', {}, [denyAll])
  expect(fault).toBeInstanceOf(Fault)
  expect(fault).toMatchObject({
    code: 'policy_denied',
    message: expect.stringContaining('"Nothing at all"'),
    fix: expect.stringContaining('"Nothing at all"'),
  })
})

test('what destroys asks by standard; the command line is held by no rule, but by its workspace', () => {
  expect(apply('demo_remove')).toMatchObject({ decision: 'ask', rule: null })
  expect(apply('demo_remove', { keyId: '' }, [denyAll])).toMatchObject({ decision: 'allow' })
  expect(apply('demo_remove', { keyId: '', workspaceId: 'ws_2' })).toMatchObject({ code: 'forbidden' })
})
