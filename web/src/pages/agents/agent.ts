import type { Item } from '../../api/send.ts'
import { longDate, type Names, scopeSentence } from '../../scope/scope-sentence.ts'

export type Agent = Item<'GET /agents'>
export type Key = Agent['keys'][number]

/** What is still good and what has ended. Pure. */
export function byState<T>(things: readonly T[], isActive: (thing: T) => boolean): { active: T[]; ended: T[] } {
  return { active: things.filter(isActive), ended: things.filter(thing => !isActive(thing)) }
}

export const isKeyActive = ({ state }: Key) => state === 'active'

/** What a key may do, in one sentence. Its end is said beside it. */
export function keySentence({ environment, scope, callsPerMinute, callsPerDay }: Key, names: Names): string {
  return scopeSentence({ environment, scope, callsPerMinute, callsPerDay }, names)
}

/** What to call a key, or a grant, in a sentence. */
export const keyName = ({ kind, key }: Key) => (kind === 'oauth' ? 'OAuth grant' : key)

/** “2 keys and 1 OAuth grant”; undefined when there are none. Pure. */
export function countOf(keys: readonly Key[]): string | undefined {
  const grants = keys.filter(({ kind }) => kind === 'oauth').length
  const parts = [counted(keys.length - grants, 'key'), counted(grants, 'OAuth grant')]
  return parts.filter(Boolean).join(' and ') || undefined
}

const counted = (count: number, what: string) => (count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`)

/** When it ends or how it ended, such as “ends 19 February 2027”. Pure. */
export function endOf({ state, expiresAt, replacedBy }: Key): string {
  if (state === 'revoked') return 'revoked'
  if (expiresAt === null) return 'lasts until it is revoked'
  const date = longDate(new Date(expiresAt))
  if (state === 'expired') return replacedBy ? `was replaced, ended ${date}` : `ended ${date}`
  return `ends ${date}`
}
