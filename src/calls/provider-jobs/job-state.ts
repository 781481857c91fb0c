import type { ProviderJob } from '../../catalog/define.ts'
import { valueAt } from '../../catalog/paths.ts'

/** How far the provider says that it is. */
export type JobState = { kind: 'done' } | { kind: 'failed'; message?: string } | { kind: 'running'; percent?: number }

const pollMsMin = 2_000
const pollMsMax = 60_000

/** What an answer of the tool that asks means. Pure. */
export function jobState(job: ProviderJob, answer: unknown): JobState {
  const state = valueAt(answer, job.state)
  const isOneOf = (values: readonly unknown[] = []) => values.includes(state)
  if (isOneOf(job.done)) return { kind: 'done' }
  if (isOneOf(job.failed)) {
    const message = job.message === undefined ? undefined : valueAt(answer, job.message)
    return { kind: 'failed', ...(typeof message === 'string' && message && { message: message.slice(0, 500) }) }
  }
  const percent = Number(job.percent === undefined ? Number.NaN : valueAt(answer, job.percent))
  return { kind: 'running', ...(percent >= 0 && percent <= 100 && { percent: Math.round(percent) }) }
}

/**
 * The arguments of the tool that asks, from what was asked for and what the provider answered to it, or the name of the
 * first one that is not there. Pure.
 */
export function pollArguments(
  job: ProviderJob,
  input: Record<string, unknown>,
  answer: unknown,
): Record<string, unknown> | { lacks: string } {
  const found: Record<string, unknown> = {}
  for (const [name, from] of Object.entries(job.args)) {
    const value = typeof from === 'object' && 'input' in from ? input[from.input] : valueAt(answer, from)
    if (value === undefined || value === null) return { lacks: name }
    found[name] = value
  }
  return found
}

/** How long until it is asked again: as often as the facts say, or less and less often the longer it takes. Pure. */
export function pollAfterMs({ everyS }: ProviderJob, runningForMs: number): number {
  return everyS === undefined ? Math.min(Math.max(runningForMs / 5, pollMsMin), pollMsMax) : everyS * 1000
}
