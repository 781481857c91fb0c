import { Fault } from '../core/errors.ts'
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

const mediaTypeMax = 200

const token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+"
const quoted = String.raw`"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"`
/** RFC 9110, 8.3.1: `type/subtype` and parameters, of which any may be empty. */
const mediaType = new RegExp(`^${token}/${token}(?:[ \\t]*;(?:[ \\t]*${token}=(?:${token}|${quoted}))?)*$`)

const isMediaType = (text: string) => text.length <= mediaTypeMax && mediaType.test(text)

/** What is no media type is taken for bytes of an unknown kind: of a provider's answer nobody can be told. */
export function safeMediaType(asked: string | undefined): string {
  const text = asked?.trim() ?? ''
  return isMediaType(text) ? text : 'application/octet-stream'
}

/** Why whoever gave a media type cannot have it, if so. `where`: how they gave it. Nothing at all is none. */
export function checkMediaType(asked: string | undefined, where: string): Fault | undefined {
  const text = asked?.trim() ?? ''
  if (text === '' || isMediaType(text)) return undefined
  const problem = `must be a media type of at most ${mediaTypeMax} characters, such as image/png`
  return new Fault('validation_error', `${where} ${problem}.`, {
    invalidFields: [{ field: where, problem }],
    fix: 'Correct it, or leave it out.',
  })
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
