import { isPlainText } from '../../accounts/plain-text.ts'
import { Fault, type InvalidField } from '../../core/errors.ts'

/** Of one message, and of the context of one task: 1 MiB. */
const contentBytesMax = 1024 * 1024
const nameLengthMax = 200

/** What is wrong with names that a sender gives, if anything. */
export function badNames(names: Record<string, string | undefined>): Fault | undefined {
  const invalidFields: InvalidField[] = []
  for (const field of Object.keys(names)) {
    const name = names[field]
    if (name === undefined || isPlainText(name, nameLengthMax)) continue
    invalidFields.push({ field, problem: `must be 1 to ${nameLengthMax} printable characters` })
  }
  if (!invalidFields.length) return undefined
  return new Fault('validation_error', `Not valid: ${invalidFields.map(({ field }) => field).join(', ')}.`, {
    invalidFields,
  })
}

/** The JSON of what is said, or why it cannot be said. */
export function jsonOf(value: unknown, field: string): string | Fault {
  const json = JSON.stringify(value) as string | undefined // undefined for what JSON does not know
  if (json === undefined) return new Fault('validation_error', `\`${field}\` is missing.`, { missingFields: [field] })
  if (Buffer.byteLength(json) <= contentBytesMax) return json
  return new Fault('payload_too_large', `\`${field}\` is larger than ${contentBytesMax} bytes of JSON.`, {
    fix: 'Say less, or share it as a file and send its key.',
  })
}
