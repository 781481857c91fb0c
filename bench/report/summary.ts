import { type Change, changeMin } from '../baseline.ts'
import { lone, many } from '../figures.ts'
import type { Machine } from '../machine.ts'
import type { Run, SubjectResult } from '../measure.ts'
import { othersCoresMax } from '../measure-once.ts'
import type { Verdict } from '../targets.ts'
import { bars } from './bars.ts'
import { showRatio, table } from './table.ts'

/** A generator that is busier than this may itself be what limits the calls per second. */
const busyMax = 0.85
const offLawMax = 0.1

type Parts = {
  quick: boolean
  machine: Machine
  results: SubjectResult[]
  changes: Change[]
  /** Titles of subjects that the baseline does not know. */
  withoutBaseline: string[]
  verdicts: Verdict[]
  plotPath: string
  saved: boolean
}

/** All that the benchmark prints at its end. */
export function summary(parts: Parts): string {
  const { machine, results } = parts
  return [
    `Node ${machine.node}, ${machine.os}, ${machine.cpu}, ${machine.cores} cores, ${machine.diskSyncMs.toFixed(2)} ms to sync the disk`,
    ...(parts.quick ? ['A quick run: good for a first look, too short to judge by.'] : []),
    '',
    table(results),
    '',
    '× is the ratio to the floor of the same run. One ClawLink process serves REST and both eras of MCP.',
    ...generatorWarnings(results),
    ...disturbanceWarnings(results),
    '',
    bars(results),
    '',
    ...changeLines(parts),
    ...(parts.saved ? ["This run's ratios are the baseline now."] : []),
    `Plot: ${parts.plotPath}`,
    '',
    ...verdictLines(parts.verdicts),
  ].join('\n')
}

function generatorWarnings(results: SubjectResult[]): string[] {
  return results.flatMap(({ title, runs }) => {
    const busiest = Math.max(...runs.map(run => run.busy))
    const offLaw = Math.max(...runs.map(run => Math.abs(inFlight(run) / run.connections - 1)))
    return [
      ...(busiest > busyMax
        ? [`The load generator was ${(busiest * 100).toFixed(0)} % busy with ${title}: it may have limited the figure.`]
        : []),
      ...(offLaw > offLawMax
        ? [`Rate and latency of ${title} do not fit each other (${(offLaw * 100).toFixed(0)} % apart): run it again.`]
        : []),
    ]
  })
}

function disturbanceWarnings(results: SubjectResult[]): string[] {
  const disturbed = (run: Run) => (run.othersCores ?? 0) > othersCoresMax
  const leftOut = results.flatMap(({ runs }) => runs).filter(disturbed).length
  if (leftOut === 0) return []
  const lost = results.filter(({ runs }) =>
    [many, lone].some(connections => runs.filter(run => run.connections === connections).every(disturbed)),
  )
  if (lost.length === 0) return [`${leftOut} measurements are left out: other programs disturbed them.`]
  const titles = lost.map(({ title }) => title).join(', ')
  return [`Do not judge by this run: other programs disturbed all measurements of ${titles} at one width or both.`]
}

/** Requests in flight on average, by Little's law; it must come out as the number of connections. */
function inFlight(run: Run): number {
  return (run.callsPerSecond * run.meanMs) / 1000
}

function changeLines({ changes, withoutBaseline, results }: Parts): string[] {
  const unknown = withoutBaseline.length > 0 ? [`The baseline does not know ${withoutBaseline.join(', ')} yet.`] : []
  const compared = results.filter(({ id }) => id !== 'floor').length - withoutBaseline.length
  if (compared <= 0) return unknown
  if (changes.length === 0)
    return [...unknown, `Against the baseline: no ratio moved by more than ${changeMin * 100} %.`]
  return [
    ...unknown,
    `Against the baseline, ratios that moved by more than ${changeMin * 100} %:`,
    ...changes.map(({ subject, figure, was, is, change, better }) => {
      const percent = `${change > 0 ? '+' : '−'}${Math.abs(change * 100).toFixed(0)} %`
      const what = `${subject}, ${figure.group}, ${figure.title}`
      return `  ${better ? '▲ better' : '▼ worse '}  ${percent.padStart(6)}  ${showRatio(was)} → ${showRatio(is)}  ${what}`
    }),
  ]
}

function verdictLines(verdicts: Verdict[]): string[] {
  const words = (holds: boolean | undefined) => (holds === undefined ? '  –   ' : holds ? 'holds ' : 'MISSED')
  const width = Math.max(...verdicts.map(({ target }) => target.length))
  const missed = verdicts.filter(({ holds }) => holds === false).length
  const open = verdicts.filter(({ holds }) => holds === undefined).length
  return [
    'Targets',
    ...verdicts.map(({ target, seen, holds }) => `  ${words(holds)}  ${target.padEnd(width)}  ${seen}`),
    `${verdicts.length - missed - open} hold, ${missed} missed, ${open} not measured`,
  ]
}
