import type { RelayTaskState } from '../../db/relay-schema.ts'
import { onlineMs } from '../agents/online.ts'
import { isOpen } from './task-state.ts'

/** What of a task decides whether somebody else has to get it, or nobody any more. */
export type TaskTimes = {
  state: RelayTaskState
  /** Empty for a task that was given to an agent by name. */
  capability: string
  to_agent: string
  lease_until: number
  deadline_at: number
}

/** How late a sign of life may become known to another process. */
const toldLateMs = onlineMs / 4
/** How soon it is looked again for somebody who can do a task that nobody has. */
export const lookAgainMs = 10_000

/** Its deadline is over; it goes to the next who can do it; or nothing, until this time. Pure. */
export function lookAtTask(
  task: TaskTimes,
  { nowMs, seenAt }: { nowMs: number; seenAt: number },
): 'expire' | 'next' | { untilMs: number } {
  if (!isOpen(task.state)) return { untilMs: Number.MAX_SAFE_INTEGER }
  if (task.deadline_at <= nowMs) return 'expire'
  const until = (ms: number) => (ms <= nowMs ? 'next' : { untilMs: Math.min(ms, task.deadline_at) })
  if (!task.capability) return { untilMs: task.deadline_at }
  if (!task.to_agent) return 'next'
  // Whoever was asked for input is waited for; whoever asked has nothing to do meanwhile.
  if (task.state === 'input_required') return { untilMs: task.deadline_at }
  if (task.state === 'submitted') return until(task.lease_until)
  return until(seenAt + onlineMs + toldLateMs + 1)
}

/**
 * Who gets it next, of those who are online and can do it: who has not had the chance before, has least to do, and of
 * several of those a random one. When all had their chance, they have it again, but for `not`: who asks for it, and who has
 * rejected it. Undefined when there is nobody. Pure.
 */
export function nextAssignee(
  able: readonly { id: string; open: number }[],
  { tried, not }: { tried: readonly string[]; not: readonly string[] },
  random: number,
): string | undefined {
  const others = able.filter(({ id }) => !not.includes(id))
  const fresh = others.filter(({ id }) => !tried.includes(id))
  const choice = fresh.length ? fresh : others
  const least = Math.min(...choice.map(({ open }) => open))
  const idle = choice.filter(({ open }) => open === least)
  return idle[Math.floor(random * idle.length)]?.id
}
