import { randomFillSync } from 'node:crypto'

/** Prefixes of ids: they say in a log or a URL what a thing is. */
export type IdPrefix = 'ws' | 'agt' | 'key' | 'conn' | 'call' | 'ring'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford's base 32: no i, l, o, u
const timeChars = 10
const randomBytes = 10

/** Random bytes are drawn from the system a page at a time: one at a time costs more than everything else in an id. */
const page = Buffer.alloc(randomBytes * 400)
let drawn = page.length

function randomOffset(): number {
  if (drawn === page.length) {
    randomFillSync(page)
    drawn = 0
  }
  drawn += randomBytes
  return drawn - randomBytes
}

/**
 * A new id such as `call_01jd0c…`: 48 bits of `nowMs`, then 80 random bits, in Crockford base 32 (the layout of a
 * ULID). Ids made later sort later, which keeps inserts at the end of an index; the random part cannot be guessed.
 */
export function newId(prefix: IdPrefix, nowMs: number): string {
  let time = ''
  for (let rest = nowMs, i = 0; i < timeChars; i++, rest = Math.floor(rest / 32)) time = alphabet[rest % 32] + time
  return `${prefix}_${time}${randomChars()}`
}

/** 16 characters of 5 random bits each. */
function randomChars(): string {
  const start = randomOffset()
  let text = ''
  for (let at = start; at < start + randomBytes; at += 5) {
    // Five bytes are eight groups of five bits; 2^40 is exact in a double, so plain arithmetic does it.
    let group = page.readUIntBE(at, 5)
    let chars = ''
    for (let i = 0; i < 8; i++, group = Math.floor(group / 32)) chars = alphabet[group % 32] + chars
    text += chars
  }
  return text
}

/** Whether `text` has the shape of an id with this prefix. Says nothing about whether the thing exists. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return text.length === prefix.length + 27 && text.startsWith(`${prefix}_`) && /^[0-9a-z]+$/.test(text.slice(-26))
}
