import type { KeyObject } from 'node:crypto'
import { encrypt } from './aes-gcm.ts'

/** A text that is sealed only when its row is written, by whichever thread does that. */
export type ToSeal = {
  key: KeyObject
  /** Part of the seal, and not of what is stored. */
  additional: string
  /** Stands before the seal in clear. */
  prefix: string
  text: string
}

/** The prefix, then base64 of what `encrypt` gives. */
export function sealed({ key, additional, prefix, text }: ToSeal): string {
  return prefix + encrypt(key, Buffer.from(additional), text).toString('base64')
}

export function isToSeal(value: unknown): value is ToSeal {
  return typeof value === 'object' && value !== null && 'additional' in value
}
