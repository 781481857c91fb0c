import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Fault } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { type KeyRing, newKeyRing, readKeyRing, withNewKey, writeKeyRing } from './key-ring.ts'

const passphrase = new Secret('correct horse battery staple')
const material = (ring: KeyRing | Fault) => {
  if (ring instanceof Fault) throw new Error(ring.message)
  const keys = [...ring.keys].map(([version, key]) => [version, key.export().toString('hex')])
  return { id: ring.id, active: ring.active, keys }
}
const refusal = (read: KeyRing | Fault) => (read instanceof Fault ? `${read.message} ${read.fix}` : 'it was accepted')

describe('a key ring', () => {
  test.each([undefined, passphrase])('reads back as it was written, protected or not', protection => {
    const ring = withNewKey(withNewKey(newKeyRing(0)))
    expect(material(readKeyRing(writeKeyRing(ring, protection), 'x', protection))).toEqual(material(ring))
  })

  test('has keys of 256 random bits that no two rings share', () => {
    const rings = Array.from({ length: 200 }, () => newKeyRing(0))
    expect(new Set(rings.map(ring => JSON.stringify(material(ring).keys))).size).toBe(200)
    expect(new Set(rings.map(ring => ring.id)).size).toBe(200)
    for (const ring of rings) expect(ring.keys.get(1)?.symmetricKeySize).toBe(32)
  })

  test('keeps every older key when it gets a new one, which becomes the active one', () => {
    const ring = newKeyRing(0)
    const wider = withNewKey(ring)
    expect(material(wider)).toMatchObject({ id: ring.id, active: 2 })
    expect(material(wider).keys[0]).toEqual(material(ring).keys[0])
  })

  test('shows none of its keys when it is printed', () => {
    const ring = newKeyRing(0)
    const [[, key] = []] = material(ring).keys
    const base64 = Buffer.from(String(key), 'hex').toString('base64')
    for (const text of [inspect(ring, { depth: 9 }), JSON.stringify(ring), String(ring)]) {
      expect(text).not.toContain(base64)
      expect(text).not.toContain(String(key))
    }
  })
})

describe('a protected key ring', () => {
  const ring = newKeyRing(0)
  const text = writeKeyRing(ring, passphrase)

  test('holds no key in its text, and no two writings of it are alike', () => {
    const [[, key] = []] = material(ring).keys
    expect(text).not.toContain(Buffer.from(String(key), 'hex').toString('base64'))
    const parts = [text, writeKeyRing(ring, passphrase)].map(each => JSON.parse(each))
    expect(parts[0].id).toBe(parts[1].id)
    expect(parts[0].scrypt.salt).not.toBe(parts[1].scrypt.salt)
    expect(parts[0].sealed.iv).not.toBe(parts[1].sealed.iv)
  })

  test('costs about 32 MB of memory and 2^15 rounds for every guess', () => {
    expect(JSON.parse(text).scrypt).toMatchObject({ N: 32_768, r: 8, p: 1 })
  })

  test('is refused without a passphrase, with a wrong one, and when any part of it was changed', () => {
    expect(refusal(readKeyRing(text, 'the file r', undefined))).toBe(
      'The key ring in the file r is protected by a passphrase. Set CLAWLINK_KEYRING_PASSPHRASE.',
    )
    const wrong = 'The passphrase does not open the key ring in the file r. Check CLAWLINK_KEYRING_PASSPHRASE.'
    expect(refusal(readKeyRing(text, 'the file r', new Secret('wrong')))).toBe(wrong)
    const whole = JSON.parse(text)
    const flip = (base64: string) => {
      const bytes = Buffer.from(base64, 'base64')
      bytes[0] = (bytes[0] ?? 0) ^ 1
      return bytes.toString('base64')
    }
    const changed = [
      { ...whole, id: `${whole.id}0` },
      { ...whole, scrypt: { ...whole.scrypt, salt: flip(whole.scrypt.salt) } },
      { ...whole, sealed: { ...whole.sealed, iv: flip(whole.sealed.iv) } },
      { ...whole, sealed: { ...whole.sealed, text: flip(whole.sealed.text) } },
      { ...whole, sealed: { ...whole.sealed, tag: flip(whole.sealed.tag) } },
      // A shorter tag would be easier to forge.
      { ...whole, sealed: { ...whole.sealed, tag: Buffer.from(whole.sealed.tag, 'base64').toString('base64', 0, 4) } },
    ]
    for (const each of changed) expect(refusal(readKeyRing(JSON.stringify(each), 'the file r', passphrase))).toBe(wrong)
  })
})

describe('what is not a key ring', () => {
  const plain = JSON.parse(writeKeyRing(newKeyRing(0), undefined))
  const short = Buffer.alloc(16).toString('base64')

  test.each<[string, string]>([
    ['nothing', ''],
    ['garbage', '\u0000\u0001garbage'],
    ['broken JSON', '{"id": "ring_1", "active": 1'],
    ['another value', '[]'],
    ['no keys', JSON.stringify({ ...plain, keys: {} })],
    ['an active key that is not there', JSON.stringify({ ...plain, active: 2 })],
    ['a key that is too short', JSON.stringify({ ...plain, keys: { 1: short } })],
    ['a key that is not base64', JSON.stringify({ ...plain, keys: { 1: 'ö'.repeat(43) } })],
    ['a version that is no number', JSON.stringify({ ...plain, keys: { ...plain.keys, one: plain.keys[1] } })],
    ['no id', JSON.stringify({ ...plain, id: '' })],
    ['a field too many', JSON.stringify({ ...plain, plaintext: true })],
  ])('is refused without showing any of it: %s', (_, text) => {
    const said = refusal(readKeyRing(text, 'CLAWLINK_KEYRING', undefined))
    expect(said).toBe(
      'What CLAWLINK_KEYRING holds is not a key ring. Restore the key ring from its backup. Do not make a new one: it would not open what is sealed.',
    )
  })

  test('an unprotected ring is refused when a passphrase is set, so that nobody takes it for protected', () => {
    const said = refusal(readKeyRing(JSON.stringify(plain), 'the file r', passphrase))
    expect(said).toContain('A passphrase is set, but the key ring in the file r is not protected by one.')
    expect(said).toContain('clawlink vault protect')
  })
})
