import type { Answer, Item } from '../../api/send.ts'

export type OpenCall = Item<'GET /calls'>
/** How far a call is that has not ended, in the list or alone. */
export type Standing = Pick<OpenCall & Answer<'GET /calls/{id}'>, 'state' | 'approval' | 'queue' | 'progress'>

const hour = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })
const plural = new Intl.PluralRules('en', { type: 'ordinal' })
const endings: Record<string, string> = { one: 'st', two: 'nd', few: 'rd' }

/** How a call stands that has not ended: `Waits for its turn: 3rd, expected 14:02`. Pure but for the zone. */
export function standingText({ state, queue, progress }: Standing, nowMs: number): string {
  if (state === 'parked') return 'Waits for approval'
  if (state === 'queued') return queue ? `Waits for its turn: ${turnText(queue, nowMs)}` : 'Waits for its turn'
  if (state === 'ended') return 'Has ended'
  const { percent, message } = progress ?? {}
  if (percent === undefined) return message ? `The provider works on it: ${message}` : 'Is under way'
  return `The provider works on it: ${percent}\u00a0%${message ? `, ${message}` : ''}`
}

function turnText({ position, expectedAt }: NonNullable<Standing['queue']>, nowMs: number): string {
  const at = Date.parse(expectedAt)
  const place = `${position}${endings[plural.select(position)] ?? 'th'}`
  if (at - nowMs < 1000) return `${place}, any moment now`
  const isFar = at - nowMs > 12 * 3_600_000
  return `${place}, expected ${isFar ? `${day.format(at)}, ` : ''}${hour.format(at)}`
}

/** What canceling does to a call in this state. Pure. */
export function cancelWords({ state }: Pick<Standing, 'state'>) {
  return state === 'running'
    ? {
        title: 'Stop following this call?',
        about:
          'The provider has it already, or is just getting it, and may finish it. Nobody asks about it any more: the agent is told that its outcome is unknown.',
        action: 'Stop following',
      }
    : {
        title: 'Cancel this call?',
        about: 'It will not be sent. The agent is told who canceled it.',
        action: 'Cancel the call',
      }
}
