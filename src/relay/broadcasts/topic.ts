import { isPlainText } from '../../accounts/plain-text.ts'
import { Fault, type InvalidField } from '../../core/errors.ts'

/** Who subscribes to this gets what is broadcast to any topic. */
export const everyTopic = '*'

const nameLengthMax = 100
const tagsMax = 50

/** Why these cannot be a topic and its tags, if so. Pure. */
export function badTopic({ topic, tags }: { topic: string; tags: readonly string[] }): Fault | undefined {
  const invalidFields: InvalidField[] = []
  const problem = `must be 1 to ${nameLengthMax} printable characters`
  if (!isPlainText(topic, nameLengthMax)) invalidFields.push({ field: 'topic', problem })
  if (tags.length > tagsMax || !tags.every(tag => isPlainText(tag, nameLengthMax)))
    invalidFields.push({ field: 'tags', problem: `must be up to ${tagsMax} tags, and each ${problem}` })
  if (!invalidFields.length) return undefined
  const named = invalidFields.map(({ field, problem }) => `${field} ${problem}`).join('; ')
  return new Fault('validation_error', `Not valid: ${named}.`, { invalidFields })
}

/** Each tag once, in one order: what agents say twice, or the other way round, is the same. */
export const tagSet = (tags: readonly string[]): string[] => [...new Set(tags)].sort()

/** Whether a subscription with these tags gets a broadcast with those: it has no tags, or one of them is there. Pure. */
export function wantsTags(wanted: readonly string[], given: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some(tag => given.includes(tag))
}
