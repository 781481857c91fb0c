/** What has to hold of every run, whatever happened in it. Pure: each gives what is wrong, in words. */
import type { EndedCall } from '../../../src/calls/call.ts'
import type { UsageRow } from '../../../src/db/schema.ts'
import { isAnswer, type Lived } from './live.ts'
import type { Wish } from './plan.ts'
import { limit } from './world.ts'

/** Everything that is wrong with a run, but for the pace, which runs share. */
export function problemsOf(lived: Lived): string[] {
  return [...lived.plan.wishes.flatMap(wish => ofWish(lived, wish)), ...ofEnds(lived), ...ofKeys(lived)]
}

/** At most once, and as it was told. */
function ofWish({ told, calls, usage, requests }: Lived, wish: Wish): string[] {
  if (wish.kind !== 'once' && wish.kind !== 'keyed') return []
  const applied = requests.filter(each => each.applied && holds(each, wish.mark)).length
  const ids = new Set(told.filter(each => each.wish === wish).map(({ ended }) => ended.id))
  const outcomes = new Set(told.filter(each => each.wish === wish).map(({ ended }) => ended.outcome.kind))
  for (const { call_id, outcome } of usage) if (ids.has(call_id)) outcomes.add(outcome as 'succeeded')
  for (const { row, kept } of calls) if (kept && ids.has(row.id)) outcomes.add(kept.outcome.kind)
  // Asked for once more under its key by a process that died before it said anything: that call may be the one that happened.
  const heard = new Set(told.map(({ ended }) => ended.id))
  const isUntold =
    wish.key !== undefined &&
    usage.some(row => row.tool === wish.tool && row.outcome !== 'failed' && !heard.has(row.call_id))
  const wrong: string[] = []
  const says = `${wish.tool} ${wish.mark} took effect ${applied} times, and was told ${[...outcomes]}`
  if (applied > 1) wrong.push(`twice: ${says}`)
  if (applied === 0 && outcomes.has('succeeded')) wrong.push(`did not happen: ${says}`)
  const isDenied = outcomes.has('failed') && !outcomes.has('succeeded') && !outcomes.has('unknown')
  if (applied > 0 && isDenied && !isUntold) wrong.push(`happened: ${says}`)
  return wrong
}

const holds = ({ body, path }: { body: string; path: string }, mark: string) =>
  body.includes(mark) || path.includes(mark)

/** Every call that was taken has ended, once, and its record says what its caller was told. */
function ofEnds({ told, calls, usage, jobsLeft }: Lived): string[] {
  const wrong: string[] = []
  if (jobsLeft > 0) wrong.push(`${jobsLeft} jobs are left`)
  for (const { row } of calls) if (row.state !== 'ended') wrong.push(`not ended: ${row.tool} ${row.id} ${row.state}`)
  const rows = Map.groupBy(usage, ({ call_id }) => call_id)
  for (const id of new Set([...told.map(({ ended }) => ended.id), ...calls.map(({ row }) => row.id)])) {
    const often = rows.get(id)?.length ?? 0
    if (often !== 1) wrong.push(`${often} usage rows of ${id}`)
  }
  for (const { wish, ended } of told) {
    const [row] = rows.get(ended.id) ?? []
    if (row && ended.outcome.kind !== 'parked' && !isAs(row, ended))
      wrong.push(`${wish.tool} ${ended.id} was told ${shortly(ended)}, and is recorded as ${row.outcome} ${row.code}`)
  }
  for (const { row, kept } of calls) {
    const [recorded] = rows.get(row.id) ?? []
    if (kept && recorded && !isAs(recorded, kept))
      wrong.push(
        `${row.tool} ${row.id} is kept as ${shortly(kept)} and recorded as ${recorded.outcome} ${recorded.code}`,
      )
  }
  return wrong
}

const codeOf = ({ outcome }: EndedCall) => ('fault' in outcome ? outcome.fault.code : '')
const isAs = ({ outcome, code }: UsageRow, ended: EndedCall) => outcome === ended.outcome.kind && code === codeOf(ended)
const shortly = (ended: EndedCall) => `${ended.outcome.kind} ${codeOf(ended)}`

/**
 * One key, one answer: to whoever asked, and to who asks for the call. A call that was refused before it could be sent took
 * no key: whoever asks again is refused anew, and in the same words.
 */
function ofKeys({ plan, told, calls }: Lived): string[] {
  const keptOf = new Map(calls.map(({ row, kept }) => [row.id, kept]))
  const wrong: string[] = []
  for (const { mark } of plan.wishes.filter(({ key }) => key !== undefined)) {
    const answers = told.filter(({ wish, ended }) => wish.mark === mark && isAnswer(ended)).map(({ ended }) => ended)
    const kept = answers.flatMap(({ id }) => keptOf.get(id) ?? [])
    const said = new Set([...answers, ...kept].map(ended => textOf(ended, keptOf.has(ended.id))))
    if (said.size > 1) wrong.push(`two answers of ${mark}: ${[...said].join('\n')}`)
    if (answers.filter(({ id, replayed }) => keptOf.has(id) && !replayed).length > 1)
      wrong.push(`two first answers of ${mark}`)
  }
  return wrong
}

function textOf({ id, tool, outcome, coerced, connection }: EndedCall, isKept: boolean): string {
  const said =
    'fault' in outcome
      ? [outcome.fault.code, outcome.fault.message, outcome.fault.fix, outcome.fault.details]
      : [outcome.output, outcome.next, outcome.incomplete]
  return JSON.stringify([isKept && id, tool, outcome.kind, said, coerced, connection])
}

/** Where any window of the limit's length held more requests than the limit allows. `times`: of all of them, in order. */
export function paceProblems(times: readonly number[]): string[] {
  const { requests, windowMs } = limit
  return times.flatMap((at, nth) => {
    const last = times[nth + requests]
    return last !== undefined && last - at < windowMs ? `${requests + 1} requests within ${last - at} ms, at ${at}` : []
  })
}
