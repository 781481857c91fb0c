import { mask } from '../core/secret.ts'
import type { WireAnswer, WireResult } from '../net/wire.ts'

/**
 * The answer without the secrets that it repeats: a provider that does must not hand them to the agent, into the record or
 * into the next page's address. A secret that JSON or a URL would write in another way is found in those ways too.
 */
export function blankEcho(result: WireResult, secrets: readonly string[]): WireResult {
  if (result.kind === 'lost') return result
  let blank = result
  for (const secret of secrets) if (secret !== '') blank = without(blank, secret)
  return blank
}

function without(answer: WireAnswer, secret: string): WireAnswer {
  const written = /^[\w.~-]+$/.test(secret) ? secret : patternOf(secret)
  const { body, headers } = answer
  const echoes = typeof written === 'string' ? body.includes(written) : written.test(body.toString('utf8'))
  const link = headers.link?.toString()
  if (!echoes && !link) return answer
  const blank = (from: string) => from.replaceAll(written, mask)
  return {
    ...answer,
    ...(echoes && { body: Buffer.from(blank(body.toString('utf8'))) }),
    ...(link && { headers: { ...headers, link: blank(link) } }),
  }
}

/**
 * Any of `c`, `\c`, `\u0063` (RFC 8259, 7) and `%63` (RFC 3986, 2.1) for each character that may be escaped, and `+` for a
 * space (WHATWG URL, 5.2).
 */
function patternOf(text: string): RegExp {
  const characters = [...text].map(char => {
    if (/\w/.test(char)) return char
    const units = Array.from({ length: char.length }, (_, at) => `\\\\u${hex(char.charCodeAt(at), 4)}`)
    const bytes = [...Buffer.from(char)].map(byte => `%${hex(byte, 2)}`)
    const ways = [`\\\\?${RegExp.escape(char)}`, units.join(''), bytes.join(''), ...(char === ' ' ? ['\\+'] : [])]
    return `(?:${ways.join('|')})`
  })
  return new RegExp(characters.join(''), 'gi')
}

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0')
