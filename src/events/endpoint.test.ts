import { describe, expect, test } from 'vitest'
import { callEnded } from './call-ended.ts'
import { urlProblem, wantsType } from './endpoint.ts'
import { messageOf } from './message.ts'

const reach = { outboundAllow: ['127.0.0.1:8080', 'inner.example'], baseUrls: { github: 'https://ghe.example/api' } }

describe('nothing is delivered to', () => {
  test.each([
    '',
    'receiver.example/hook',
    'ftp://receiver.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://receiver.example/hook',
    'https://user@receiver.example',
    'https://user:password@receiver.example',
    'https://receiver.example/#part',
    'https://127.0.0.1/hook',
    'http://127.0.0.1:8081/hook',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://10.1.2.3',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00::1]/',
    'https://ghe.example/hook',
    'https://ghe.example:8443/hook',
  ])('%s', url => {
    expect(urlProblem(reach, url)).toEqual(expect.any(String))
  })
})

test.each([
  'https://receiver.example/hook?token=1',
  'https://93.184.216.34/',
  'http://127.0.0.1:8080/hook',
  'http://inner.example/hook',
  'https://inner.example:8443',
])('%s may be delivered to', url => {
  expect(urlProblem(reach, url)).toBeUndefined()
})

test('an endpoint wants the types that it names, or all', () => {
  expect(wantsType({ types: '["call.ended"]' }, 'call.ended')).toBe(true)
  expect(wantsType({ types: '["call.ended"]' }, 'breaker.opened')).toBe(false)
  expect(wantsType({ types: '["*"]' }, 'breaker.opened')).toBe(true)
})

test('the message of an ended call says which and how, where to ask for it, and nothing else', () => {
  const call = {
    callId: 'call_1',
    workspaceId: 'ws_1',
    tool: 'mail_send',
    provider: 'mail',
    connection: 'conn_1',
    outcome: 'succeeded',
    code: '',
    startedAt: 0,
    endedAt: 5_000,
    arguments: { to: 'secret' },
    output: 'secret',
  } as const
  const { type, subject, facts, workspaceId } = callEnded(call)
  const row = { id: 'evt_1', workspace_id: workspaceId, type, subject, facts: JSON.stringify(facts), at: 6_000 }
  expect(messageOf(row, 'https://claw.example')).toEqual({
    type: 'call.ended',
    timestamp: '1970-01-01T00:00:06.000Z',
    data: {
      workspaceId: 'ws_1',
      subject: 'call_1',
      callId: 'call_1',
      link: 'https://claw.example/api/v1/calls/call_1',
      tool: 'mail_send',
      provider: 'mail',
      connection: 'conn_1',
      outcome: 'succeeded',
      code: '',
      startedAt: '1970-01-01T00:00:00.000Z',
      endedAt: '1970-01-01T00:00:05.000Z',
    },
  })
})
