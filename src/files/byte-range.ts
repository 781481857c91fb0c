import type { Range } from './chunk.ts'

/** `none`: the whole is to be given. `unsatisfiable`: nothing of what is asked for exists. */
export type Asked = Range | 'none' | 'unsatisfiable'

/**
 * What a `Range` header asks of content of so many bytes (RFC 9110, 14.1.2 and 14.2). A header that is malformed, of another
 * unit, or of several ranges is as if it were not there, which the RFC allows and which no client can misread.
 */
export function byteRange(header: string | undefined, bytes: number): Asked {
  const asked = header === undefined ? null : /^bytes\s*=\s*(\d*)\s*-\s*(\d*)$/i.exec(header.trim())
  if (!asked) return 'none'
  const [, first = '', last = ''] = asked
  if (first === '' && last === '') return 'none'
  if (first === '') return suffix(Number(last), bytes)
  const from = Number(first)
  if (last !== '' && Number(last) < from) return 'none'
  if (from >= bytes) return 'unsatisfiable'
  return { from, to: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) }
}

/** The last so many bytes. */
function suffix(length: number, bytes: number): Asked {
  if (length === 0 || bytes === 0) return 'unsatisfiable'
  return { from: Math.max(0, bytes - length), to: bytes - 1 }
}
