/** What the credential of a request says, and every way in which that may be written elsewhere. */

/** Shorter texts are no secrets, and blanking them would blank half of every body. */
const lengthMin = 4

/**
 * The secrets in headers or query parameters that carry a credential: each value whole, what follows its scheme, what a
 * Basic pair holds (RFC 7617; its name only where there is no password, so that the name is the key), and each `name="value"` in it (RFC 9110, 11.4; OAuth 1.0, RFC 5849, 3.5.1; cookies).
 */
export function secretsOf(credential: Record<string, string>): string[] {
  const found = Object.values(credential).flatMap(value => {
    const [, scheme = '', rest = ''] = /^([\w-]+) +(.*)$/s.exec(value) ?? []
    const pair = scheme.toLowerCase() === 'basic' ? Buffer.from(rest, 'base64').toString('utf8') : ''
    const colon = pair.indexOf(':')
    const password = pair.slice(colon + 1)
    const name = password.length < lengthMin ? pair.slice(0, Math.max(colon, 0)) : ''
    const named = [...value.matchAll(/[\w-]+="?([^",;\s]+)/g)].map(([, part = '']) => part)
    return [value, rest, name, password, ...named, ...named.map(decoded)]
  })
  return [...new Set(found)].filter(secret => secret.length >= lengthMin)
}

/**
 * A text without a secret, however it is written there: plain, escaped for JSON, a URL (also twice) or HTML, in base64 of
 * either alphabet at any offset, or in hex. `blank` gives what stands in its place.
 */
export function withoutSecret(text: string, secret: string, blank: () => string): string {
  const plain = text.replace(new RegExp(`${escapedWays(secret)}|${Buffer.from(secret).toString('hex')}`, 'gi'), blank)
  return encodedWays(secret).reduce((left, way) => withoutRuns(left, way, blank), plain)
}

/**
 * `c`, `\c`, `\u0063` (RFC 8259, 7), `%63` (RFC 3986, 2.1), `&#99;`, `&#x63;`, names of HTML and `+` for a space, and what
 * comes of writing these in a URL once more.
 */
function escapedWays(secret: string): string {
  const characters = [...secret].map(char => {
    if (/\w/.test(char)) return char
    const units = Array.from({ length: char.length }, (_, at) => `u${hex(char.charCodeAt(at), 4)}`).join(backslashes)
    const bytes = [...Buffer.from(char)].map(byte => escaped(byte)).join('')
    const code = char.codePointAt(0) ?? 0
    const entity = [`${hash}0*${code}`, `${hash}x0*${code.toString(16)}`, ...(htmlNames[char] ?? [])].join('|')
    const ways = [RegExp.escape(char), units, bytes, `(?:&|${escaped(0x26)})(?:${entity})(?:;|${escaped(0x3b)})`]
    if (char === ' ') ways.push('\\+', escaped(0x2b))
    return `${backslashes}(?:${ways.join('|')})`
  })
  return characters.join('')
}

/** One byte as a URL writes it, however often over. */
function escaped(byte: number): string {
  return `%(?:25)*${hex(byte, 2)}`
}

const backslashes = `(?:\\\\|${escaped(0x5c)})*`
const hash = `(?:#|${escaped(0x23)})`
const htmlNames: Record<string, string[]> = { '&': ['amp'], '<': ['lt'], '>': ['gt'], '"': ['quot'], "'": ['apos'] }

/** The base64 of a text at each of the three offsets that it may have in a longer one, without what its neighbours decide. */
function encodedWays(secret: string): RegExp[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap(offset => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    const own = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
    if (own.length <= lengthMin) return []
    const plus = '(?:[+-]|%2B)'
    const slash = '(?:\\\\*/|_|%2F)'
    return [
      new RegExp(
        own.replace(/[+/]/g, char => (char === '+' ? plus : slash)),
        'g',
      ),
    ]
  })
}

/** Takes away whole runs of base64 that hold a match: their ends may hold the rest of the secret. */
function withoutRuns(text: string, way: RegExp, blank: () => string): string {
  const pieces: string[] = []
  let kept = 0
  for (const match of text.matchAll(way)) {
    if (match.index < kept) continue
    let from = match.index
    while (from > kept && base64Char.test(text.charAt(from - 1))) from--
    let to = match.index + match[0].length
    while (base64Char.test(text.charAt(to)) || text.charAt(to) === '=') to++
    pieces.push(text.slice(kept, from), blank())
    kept = to
  }
  return pieces.join('') + text.slice(kept)
}

const base64Char = /[A-Za-z0-9+/_-]/

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0')
}

/** The text without its percent-encoding; as it is, where that is malformed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
