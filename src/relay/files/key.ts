/** Which keys shared files may have: pure. */
import { Fault } from '../../core/errors.ts'

const keyBytesMax = 500

/** Controls, what cannot be seen or turns the direction of writing around, line ends, halves of characters, non-characters. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/u
/** What some file system or shell takes for more than a letter. */
const unsafe = /[\\:*?"<>|]/
/** Devices on Windows, whatever their ending. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
/** What becomes a dot, a slash or an end of text when it is decoded once more than it should be. */
const encoded = /%(2e|2f|5c|00)/i

/**
 * A key in its one form, Unicode NFC, or why it cannot be one. A key is a relative path that means the same under every
 * folder of every system, so that whoever saves files by their keys stays in that folder.
 */
export function checkKey(asked: string): string | Fault {
  const problem = problemOf(asked)
  if (problem === undefined) return asked.normalize('NFC')
  return new Fault('validation_error', `The key of a shared file ${problem}.`, {
    invalidFields: [{ field: 'key', problem }],
    fix: 'Use a relative path such as `notes/plan.md`.',
  })
}

function problemOf(asked: string): string | undefined {
  if (asked === '') return 'must not be empty'
  if (Buffer.byteLength(asked.normalize('NFC')) > keyBytesMax) return `must have ${keyBytesMax} bytes at most`
  if (unseen.test(asked)) return 'must be made of characters that can be seen'
  if (unsafe.test(asked) || encoded.test(asked)) return 'must have no \\ : * ? " < > | and nothing that is encoded'
  // What only looks like a dot or a slash, as the wide forms do, becomes one where names are simplified.
  for (const form of [asked, asked.normalize('NFKC')])
    for (const part of form.split('/')) {
      if (part === '') return 'must not begin or end with a slash, or have two in a row'
      if (part === '.' || part === '..') return 'must have no `.` or `..` as a part'
      if (/^\s|[\s.]$/.test(part)) return 'must have no part that begins with a space, or ends with one or a dot'
      if (reserved.test(part)) return `must have no part that is a reserved name such as "${part}"`
    }
  return undefined
}

/** The range of keys that begin like this: from `from` on, and before `to`. No key holds the last of all characters. */
export function keysBelow(prefix: string): { from: string; to: string } {
  const from = prefix.normalize('NFC')
  return { from, to: `${from}\u{10ffff}` }
}
