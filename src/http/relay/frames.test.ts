import { expect, test } from 'vitest'
import { Fault } from '../../core/errors.ts'
import { parseFrame } from './frames.ts'

const parse = (text: string | Buffer) => parseFrame(Buffer.from(text))
const faultOf = (text: string | Buffer) => {
  const parsed = parse(text)
  return 'fault' in parsed ? { code: parsed.fault.code, ref: parsed.ref, told: parsed.fault.message } : parsed
}

test('a hello that says nothing else gets a window of 10 and a lease of 60 seconds', () => {
  expect(parse('{"type":"hello"}')).toEqual({ type: 'hello', window: 10, leaseSeconds: 60 })
})

test('a fault has the ref of its frame, as far as it has one', () => {
  expect(faultOf('{"type":"ack","ref":"7","id":"msg_1"}')).toMatchObject({ code: 'validation_error', ref: '7' })
  expect(faultOf('{"type":"dance","ref":"8"}')).toMatchObject({ ref: '8' })
  expect(faultOf('{"type":"dance","ref":{}}')).toMatchObject({ ref: undefined })
})

test.each([
  ['nothing', ''],
  ['half a frame', '{"type":"hel'],
  ['no object', '"hello"'],
  ['null', 'null'],
  ['a list', '[{"type":"hello"}]'],
  ['no type', '{}'],
  ['a type that is no text', '{"type":1}'],
  ['a type of the prototype', '{"type":"constructor"}'],
  ['a member of the prototype', '{"type":"heartbeat","__proto__":{"a":1}}'],
  ['a window of nothing', '{"type":"hello","window":0}'],
  ['a window of too much', '{"type":"hello","window":101}'],
  ['a cursor that is none', '{"type":"hello","cursor":"1 or 1"}'],
  ['a lease that is too short', '{"type":"hello","leaseSeconds":1}'],
  ['nothing to send', '{"type":"send","to":"bob"}'],
  ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d])],
])('%s is a validation_error', (_, frame) => {
  const parsed = parse(frame)
  expect('fault' in parsed && parsed.fault).toBeInstanceOf(Fault)
  expect(faultOf(frame)).toMatchObject({ code: 'validation_error' })
})
