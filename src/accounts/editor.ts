import { Fault } from '../core/errors.ts'
import { type By, personActor, system } from './audit.ts'
import { isAllowed } from './permissions.ts'
import type { MemberPrincipal } from './principal.ts'

/** Who makes, changes and ends agents and keys. */
export type Editor = By & {
  /** Id of the person whose own agents and keys these must be; without it, everybody's. */
  onlyOf?: string
}

/** ClawLink itself. */
export const systemEditor: Editor = { actor: system }

/** A member: everybody's with `agents.manage`, else only what this person made. */
export function memberEditor(member: MemberPrincipal, address = ''): Editor {
  const actor = personActor(member)
  return isAllowed(member, 'agents.manage') ? { actor, address } : { actor, address, onlyOf: member.personId }
}

/** What is stored as the maker of what this editor makes: a person's id, or nothing. */
export const makerOf = ({ actor }: Editor): string => (actor.kind === 'person' ? actor.id : '')

/** Why this editor may not touch what `madeBy` made, or undefined. Pure. */
export function notTheirs({ onlyOf }: Editor, madeBy: string, what: string): Fault | undefined {
  if (onlyOf === undefined || onlyOf === madeBy) return undefined
  return new Fault('forbidden', `Somebody else made this ${what}.`, { fix: 'Ask them, or an owner or admin.' })
}
