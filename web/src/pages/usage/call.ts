import type { Answer, Item } from '../../api/send.ts'
import type { Tone } from '../../kit/badge.tsx'
import type { Effect } from '../../kit/effect-badge.tsx'

export type Call = Item<'GET /usage'>
export type CallState = Answer<'GET /calls/{id}'>

const outcomeTones: Record<string, Tone> = { succeeded: 'good', failed: 'bad', unknown: 'warn' }

/** How the end of a call is shown. */
export const toneOf = (outcome: string): Tone => outcomeTones[outcome] ?? 'plain'

/** What the tool does, where that is known: a call of a tool that is not there has none. */
export function effectOf({ effect }: Call): Effect | undefined {
  return effect === 'read' || effect === 'write' || effect === 'destructive' ? effect : undefined
}

/** The names by which calls are told apart; what has none any more is called by its id. */
export const agentOf = ({ agentName, agentId }: Call) => agentName ?? agentId
export const accountOf = ({ connectionLabel, connectionId }: Call) => connectionLabel ?? connectionId
