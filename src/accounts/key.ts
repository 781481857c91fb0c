import { hash, randomBytes } from 'node:crypto'
import type { Environment } from './principal.ts'

/** 192 random bits in hex: `cllk_live_` and 48 characters, which a double click selects whole. */
export function newKey(environment: Environment): string {
  return `cllk_${environment}_${randomBytes(24).toString('hex')}`
}

/** What is stored of a key. The key has full entropy, so one SHA-256 is enough: there is nothing to guess from it. */
export function hashKey(key: string): string {
  return hash('sha256', key)
}

export function looksLikeKey(text: string): boolean {
  return /^cllk_(live|test)_[0-9a-f]{48}$/.test(text)
}
