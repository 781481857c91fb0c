import { describe, expect, test } from 'vitest'
import { Fault } from '../../core/errors.ts'
import { idempotencyKeyIn } from './idempotency-header.ts'

const keyIn = (header: string) => idempotencyKeyIn({ 'idempotency-key': header })

describe('an idempotency key', () => {
  test.for<[string, string]>([
    ['8e03978e-40d5-43e8-bc93-6894a57f9324', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['  order:42/7=  ', 'order:42/7='],
    ['"with spaces, and a comma"', 'with spaces, and a comma'],
    ['"a \\"quoted\\" \\\\ one"', 'a "quoted" \\ one'],
    ['x'.repeat(255), 'x'.repeat(255)],
    [`"${'x'.repeat(255)}"`, 'x'.repeat(255)],
  ])('is read from %s', ([header, key]) => expect(keyIn(header)).toBe(key))

  test.for([
    '',
    '""',
    ' ',
    'two words',
    'one, two',
    '"one", "two"',
    '"open',
    'half"',
    '"bad \\escape"',
    '"key";parameter=1',
    'schlüssel',
    '"tab\tbed"',
    'x'.repeat(256),
    `"${'x'.repeat(256)}"`,
  ])('is none in "%s"', header => {
    expect(keyIn(header)).toBeInstanceOf(Fault)
    expect(keyIn(header)).toMatchObject({ code: 'validation_error' })
  })

  test('need not be given', () => expect(idempotencyKeyIn({})).toBeUndefined())
})
