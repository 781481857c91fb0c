import { blankSecrets } from '../core/secret.ts'

const nameMax = 200

/** Controls, what turns the direction of writing around, and what a path or a header could be broken with. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}"\\/:*?<>|]/gu

/**
 * A name that is safe to store, to show and to save under, whatever was asked for: the last part of a path, without
 * controls, no more than 200 characters, its ending kept. `file` when nothing is left.
 */
export function safeName(asked: string): string {
  const last = asked.split(/[\\/]/).findLast(part => part.trim() !== '') ?? ''
  const clean = blankSecrets(last).replace(unsafe, '_').trim().replace(/^\.+/, '').trim()
  const letters = [...clean]
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(clean)?.[0] ?? ''
  const name = letters.length <= nameMax ? clean : letters.slice(0, nameMax - ending.length).join('') + ending
  return name || 'file'
}

/** RFC 9110, 8.3.1: `type/subtype` and parameters, in one line. Anything else is taken for bytes of an unknown kind. */
export function safeMediaType(asked: string | undefined): string {
  const text = asked?.trim() ?? ''
  const token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+"
  const whole = new RegExp(`^${token}/${token}(\\s*;\\s*${token}=(${token}|"[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]*"))*$`)
  return text.length <= 200 && whole.test(text) ? text : 'application/octet-stream'
}

/** RFC 6266 with RFC 8187: a plain name for old clients, and the whole one. Always an attachment: a browser never shows it. */
export function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%]/g, '_')
  const whole = encodeURIComponent(name).replace(/['()*]/g, each => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`
}

/** The file name that a `Content-Disposition` states, the extended one first (RFC 6266, 4.3), or undefined. */
export function nameIn(disposition: string | undefined): string | undefined {
  if (disposition === undefined) return undefined
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition)?.[1]
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended)
    } catch {} // and then the plain one counts
  }
  const plain = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition)
  return plain?.[1]?.replace(/\\(.)/g, '$1') ?? plain?.[2]
}
