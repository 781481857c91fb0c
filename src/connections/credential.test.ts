import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Credential } from './credential.ts'

test('a credential cannot be printed by accident', () => {
  const credential = new Credential({ access_token: 'at-planted' })
  for (const shown of [
    `${credential}`,
    JSON.stringify({ credential }),
    inspect({ credential }),
    String(Object.entries(credential)),
  ])
    expect(shown).not.toContain('planted')
})

test.each([{ secret: 'one' }, { secret: '{"a":"b"}' }, { a: '1', b: '2' }, { secret: 'x', more: 'y' }, {}])(
  'a credential is sealed and read back whole: %j',
  parts => {
    const { format, text } = new Credential(parts).sealedText()
    const read = Credential.read(format, text, 7)
    expect(Object.fromEntries(read.names().map(name => [name, read.reveal(name)]))).toEqual(parts)
    expect(read.version).toBe(7)
  },
)

test('one secret is sealed as it is, as every connection before had it', () => {
  const { format, text } = new Credential({ secret: 'ghp_x' }).sealedText()
  expect([format, text.reveal()]).toEqual(['text', 'ghp_x'])
})

test('a part that is not there is not found among what every object has', () => {
  expect(new Credential({}).reveal('constructor')).toBeUndefined()
})
