import { randomBytesOf } from './random-bytes.ts'

/** Prefixes of ids: they say in a log or a URL what a thing is. */
export type IdPrefix =
  | 'ws'
  | 'usr'
  | 'ses'
  | 'inv'
  | 'agt'
  | 'key'
  | 'pair'
  | 'conn'
  | 'csess'
  | 'oapp'
  | 'evt'
  | 'endp'
  | 'dlv'
  | 'rule'
  | 'call'
  | 'appr'
  | 'file'
  | 'msg'
  | 'task'
  | 'bc'
  | 'lease'
  | 'polled'
  | 'job'
  | 'worker'
  | 'ring'

const nextRandom = randomBytesOf(8)
/** Orders the ids of one millisecond. */
let lastMs = 0
let count = 0

/**
 * A new id such as `call_019a…`, in hex: 48 bits of `nowMs`, 16 bits that count within it, 64 random bits. An id that this
 * process makes later sorts later, which keeps inserts at the end of an index; the random part cannot be guessed.
 */
export function newId(prefix: IdPrefix, nowMs: number): string {
  count = nowMs === lastMs ? (count + 1) & 0xffff : 0
  lastMs = nowMs
  return `${firstId(prefix, nowMs)}${count.toString(16).padStart(4, '0')}${nextRandom().toString('hex')}`
}

/** What sorts before every id of this kind that is made at `ms` or later, and after every earlier one. */
export function firstId(prefix: IdPrefix, ms: number): string {
  return `${prefix}_${ms.toString(16).padStart(12, '0')}`
}

/** Whether `text` has the shape of an id with this prefix. Says nothing about whether the thing exists. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-9a-f]{32}$/.test(text.slice(prefix.length + 1))
}
