import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { KeyRing } from './key-ring.ts'

/**
 * Whose secret it is. Part of the seal (additional data), so a sealed record that was moved to another workspace, another
 * connection or an older version does not open.
 */
export type SealSubject = { workspaceId: string; connectionId: string; version: number }

export type Sealed = { ringVersion: number; text: string }

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16
const keyBytes = 32
const wrappedBytes = ivBytes + keyBytes + tagBytes
const wrappedChars = (wrappedBytes / 3) * 4

/**
 * Seals a text under a fresh data key, and that key under the ring's active key. AES-256-GCM for both (NIST SP 800-38D),
 * random 96-bit IVs. Layout, base64: wrapped key (iv, key, tag), then the record (iv, text, tag).
 */
export function seal(ring: KeyRing, subject: SealSubject, plaintext: string): Sealed {
  const key = randomBytes(keyBytes)
  const wrapped = encrypt(ringKey(ring, ring.active), additional(subject, 'key'), key)
  const record = encrypt(createSecretKey(key), additional(subject, 'record'), Buffer.from(plaintext))
  key.fill(0)
  return { ringVersion: ring.active, text: Buffer.concat([wrapped, record]).toString('base64') }
}

/**
 * The data keys of records that were opened lately, by their wrapped form. They are what the ring's keys, which are in
 * memory anyway, give at any time; a credential never is in here.
 */
export type OpenedKeys = { get(name: string): KeyObject | undefined; set(name: string, key: KeyObject): void }

/** The plaintext. Throws when the record was changed, moved, or sealed under a key that the ring does not hold. */
export function unseal(ring: KeyRing, subject: SealSubject, sealed: Sealed, opened?: OpenedKeys): string {
  const bytes = Buffer.from(sealed.text, 'base64')
  // The record's own additional data still tells whose it is.
  const name = sealed.text.slice(0, wrappedChars)
  let key = opened?.get(name)
  if (!key) {
    const wrapped = bytes.subarray(0, wrappedBytes)
    const raw = decrypt(ringKey(ring, sealed.ringVersion), additional(subject, 'key'), wrapped)
    key = createSecretKey(raw)
    raw.fill(0)
    opened?.set(name, key)
  }
  return decrypt(key, additional(subject, 'record'), bytes.subarray(wrappedBytes)).toString('utf8')
}

/** The same record with its data key wrapped by the ring's active key; the secret itself is not opened. */
export function rewrap(ring: KeyRing, subject: SealSubject, sealed: Sealed): Sealed {
  const bytes = Buffer.from(sealed.text, 'base64')
  const key = decrypt(ringKey(ring, sealed.ringVersion), additional(subject, 'key'), bytes.subarray(0, wrappedBytes))
  const wrapped = encrypt(ringKey(ring, ring.active), additional(subject, 'key'), key)
  key.fill(0)
  return { ringVersion: ring.active, text: Buffer.concat([wrapped, bytes.subarray(wrappedBytes)]).toString('base64') }
}

/** Unambiguous: ids hold no line breaks. */
function additional({ workspaceId, connectionId, version }: SealSubject, part: 'key' | 'record'): Buffer {
  return Buffer.from(`clawlink 1\n${part}\n${workspaceId}\n${connectionId}\n${version}`)
}

function ringKey(ring: KeyRing, version: number): KeyObject {
  const key = ring.keys.get(version)
  if (!key) throw new Error(`the key ring has no key of version ${version}`)
  return key
}

function encrypt(key: KeyObject, aad: Buffer, plaintext: Buffer): Buffer {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv(algorithm, key, iv).setAAD(aad)
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: KeyObject, aad: Buffer, bytes: Buffer): Buffer {
  const end = bytes.length - tagBytes
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes }).setAAD(aad)
  decipher.setAuthTag(bytes.subarray(end))
  const plaintext = decipher.update(bytes.subarray(ivBytes, end))
  decipher.final() // throws unless the tag fits; in this mode it gives no bytes of its own
  return plaintext
}
