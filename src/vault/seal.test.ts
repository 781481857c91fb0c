import { describe, expect, test } from 'vitest'
import { newKeyRing, withNewKey } from './key-ring.ts'
import { type ReadyRecord, rewrap, type SealSubject, seal, unseal } from './seal.ts'

const ring = newKeyRing(0)
const subject: SealSubject = { workspaceId: 'ws_1', connectionId: 'conn_1', version: 3 }
const secret = 'sk_live_Zx9 with any character: ü, \n, 🙂'

describe('a sealed record', () => {
  test.each(['', 'x', secret, 'long '.repeat(10_000)])(
    'gives its secret back to its own subject, whatever it holds',
    text => {
      expect(unseal(ring, subject, seal(ring, subject, text))).toBe(text)
    },
  )

  test('that is remembered keeps no more in memory than itself', () => {
    const lately = new Map<string, ReadyRecord>()
    unseal(ring, subject, seal(ring, subject, secret), lately)
    const { parts, additional } = lately.get(subject.connectionId) ?? {}
    for (const bytes of [parts?.iv, parts?.text, parts?.tag, additional])
      expect(bytes?.buffer.byteLength).toBeLessThan(1000)
  })

  test.each<[string, Partial<SealSubject>]>([
    ['workspace', { workspaceId: 'ws_2' }],
    ['connection', { connectionId: 'conn_2' }],
    ['version', { version: 2 }],
  ])('does not open for another %s', (_, other) => {
    const sealed = seal(ring, subject, secret)
    expect(() => unseal(ring, { ...subject, ...other }, sealed)).toThrow()
  })

  test('does not open when its parts are moved between the fields of the subject', () => {
    const sealed = seal(ring, { ...subject, workspaceId: 'ws_1', connectionId: 'conn_12' }, secret)
    expect(() => unseal(ring, { ...subject, workspaceId: 'ws_1conn_1', connectionId: '2' }, sealed)).toThrow()
  })

  test('does not open with another ring, nor with another key of the same ring', () => {
    const wider = withNewKey(ring)
    const sealed = seal(ring, subject, secret)
    expect(() => unseal(newKeyRing(0), subject, sealed)).toThrow()
    expect(() => unseal(wider, subject, { ...sealed, ringVersion: 2 })).toThrow()
    expect(() => unseal(wider, subject, { ...sealed, ringVersion: 9 })).toThrow('no key of version 9')
  })

  test('does not open when any one of its bytes is changed', () => {
    const sealed = seal(ring, subject, secret)
    const bytes = Buffer.from(sealed.text, 'base64')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 0x01
      const open = () => unseal(ring, subject, { ...sealed, text: changed.toString('base64') })
      expect(open, `byte ${at} of ${bytes.length}`).toThrow()
    }
  })

  test('does not open when it is cut off anywhere, or longer than it was', () => {
    const sealed = seal(ring, subject, secret)
    const bytes = Buffer.from(sealed.text, 'base64')
    for (let length = 0; length < bytes.length; length++) {
      const open = () => unseal(ring, subject, { ...sealed, text: bytes.subarray(0, length).toString('base64') })
      expect(open, `the first ${length} bytes`).toThrow()
    }
    const longer = Buffer.concat([bytes, Buffer.alloc(1)]).toString('base64')
    expect(() => unseal(ring, subject, { ...sealed, text: longer })).toThrow()
  })

  test('does not open with the wrapped key of one record and the text of another', () => {
    const wrappedBytes = 60
    const [one, two] = [seal(ring, subject, 'one'), seal(ring, subject, 'two')].map(({ text }) =>
      Buffer.from(text, 'base64'),
    )
    if (!one || !two) throw new Error('two records were sealed')
    const mixed = Buffer.concat([one.subarray(0, wrappedBytes), two.subarray(wrappedBytes)])
    expect(() => unseal(ring, subject, { ringVersion: 1, text: mixed.toString('base64') })).toThrow()
  })

  test('shows nothing of its secret, and no two seals of one secret share a nonce, a wrapped key or a text', () => {
    const seals = Array.from({ length: 2_000 }, () => Buffer.from(seal(ring, subject, secret).text, 'base64'))
    const parts = { wrapNonce: [0, 12], wrappedKey: [12, 60], nonce: [60, 72], text: [72, 72 + 16] } as const
    for (const [part, [from, to]] of Object.entries(parts)) {
      const seen = new Set(seals.map(bytes => bytes.toString('hex', from, to)))
      expect(seen.size, part).toBe(seals.length)
    }
    expect(seals.some(bytes => bytes.includes('sk_live_'))).toBe(false)
  })
})

describe('rewrapping', () => {
  const rotated = withNewKey(ring)

  test('puts the record under the active key, and the secret stays the same', () => {
    const again = rewrap(rotated, subject, seal(ring, subject, secret))
    expect(again.ringVersion).toBe(2)
    expect(unseal(rotated, subject, again)).toBe(secret)
    expect(() => unseal(ring, subject, again)).toThrow('no key of version 2')
  })

  test('leaves the sealed text as it is: the secret is never opened', () => {
    const wrappedBytes = 60
    const sealed = seal(ring, subject, secret)
    const record = (text: string) => Buffer.from(text, 'base64').subarray(wrappedBytes)
    // A text that does not open is carried over unseen, byte by byte.
    const spoilt = Buffer.from(sealed.text, 'base64')
    spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 0xff
    for (const text of [sealed.text, spoilt.toString('base64')]) {
      const again = rewrap(rotated, subject, { ringVersion: 1, text })
      expect(record(again.text).equals(record(text))).toBe(true)
    }
  })

  test('refuses a record whose wrapped key was changed or belongs to another subject', () => {
    const sealed = seal(ring, subject, secret)
    const spoilt = Buffer.from(sealed.text, 'base64')
    spoilt[20] = (spoilt[20] ?? 0) ^ 0x01
    expect(() => rewrap(rotated, subject, { ...sealed, text: spoilt.toString('base64') })).toThrow()
    expect(() => rewrap(rotated, { ...subject, connectionId: 'conn_2' }, sealed)).toThrow()
  })
})

test('a key that was remembered from an earlier opening opens the same record only', () => {
  const opened = new Map()
  const sealed = seal(ring, subject, secret)
  expect(unseal(ring, subject, sealed, opened)).toBe(secret)
  expect(unseal(ring, subject, sealed, opened)).toBe(secret)
  expect(() => unseal(ring, { ...subject, version: 4 }, sealed, opened)).toThrow()
  expect(() => unseal(ring, { ...subject, workspaceId: 'ws_2' }, sealed, opened)).toThrow()
  const spoilt = Buffer.from(sealed.text, 'base64')
  spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 0x01
  expect(() => unseal(ring, subject, { ...sealed, text: spoilt.toString('base64') }, opened)).toThrow()
})
