import { createCipheriv, type KeyObject } from 'node:crypto'
import { randomBytesOf } from './random-bytes.ts'

/** A text that is sealed only when its row is written, by whichever thread does that. */
export type ToSeal = {
  key: KeyObject
  /** Part of the seal, and not of what is stored. */
  additional: string
  /** Stands before the seal in clear. */
  prefix: string
  text: string
}

const nextIv = randomBytesOf(12)

/** AES-256-GCM with a random 96-bit IV (NIST SP 800-38D): the prefix, then base64 of IV, text and tag. */
export function sealed({ key, additional, prefix, text }: ToSeal): string {
  const iv = nextIv()
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(additional))
  const bytes = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return prefix + bytes.toString('base64')
}

export function isToSeal(value: unknown): value is ToSeal {
  return typeof value === 'object' && value !== null && 'additional' in value
}
