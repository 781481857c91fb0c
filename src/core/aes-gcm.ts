import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { randomBytesOf } from './random-bytes.ts'

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

/** What encrypting adds to a text. */
export const addedBytes = ivBytes + tagBytes

const nextIv = randomBytesOf(ivBytes)

/** AES-256-GCM with a random 96-bit IV (NIST SP 800-38D). Layout: IV, text, tag. */
export function encrypt(key: KeyObject, additional: Buffer, plaintext: string | Uint8Array): Buffer {
  const iv = nextIv()
  const cipher = createCipheriv(algorithm, key, iv).setAAD(additional)
  const text = typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext)
  return Buffer.concat([iv, text, cipher.final(), cipher.getAuthTag()])
}

export type Parts = { iv: Uint8Array; text: Uint8Array; tag: Uint8Array }

/** What `encrypt` has put together. Throws when it cannot be that. */
export function partsOf(bytes: Uint8Array): Parts {
  const end = bytes.length - tagBytes
  if (end < ivBytes) throw new Error('what is to be opened is too short')
  return { iv: bytes.subarray(0, ivBytes), text: bytes.subarray(ivBytes, end), tag: bytes.subarray(end) }
}

/** The plaintext. Throws unless it was encrypted with this key and this additional data, and nothing was changed since. */
export function decrypt(key: KeyObject, additional: Buffer, { iv, text, tag }: Parts): Buffer {
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagBytes }).setAAD(additional)
  decipher.setAuthTag(tag)
  const plaintext = decipher.update(text)
  decipher.final() // throws unless the tag fits; in this mode it gives no bytes of its own
  return plaintext
}
