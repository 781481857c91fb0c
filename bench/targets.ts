import type { FigureKey, Figures } from './figures.ts'
import type { SubjectResult } from './measure.ts'
import { type SubjectId, subjectTitles } from './subjects/subject.ts'

/** One promise about speed, and whether this run kept it; `holds` is absent when the run did not measure it. */
export type Verdict = { target: string; seen: string; holds?: boolean }

const restRateMin = 0.75
const mcpRateMin = 0.7
const loneP50AboveDirectMsMax = 0.4
const startMsMax = 1000
const restMemoryMbMax = 120

/** Judges the promises on the figures of one run. */
export function judge(results: SubjectResult[]): Verdict[] {
  const find = (id: SubjectId): Pick<SubjectResult, 'figures' | 'ratios'> | undefined =>
    results.find(result => result.id === id)
  const gateways = (['rest', 'mcp-2025', 'mcp-2026'] as const).map(id => ({ id, found: find(id) }))
  const direct = find('direct')?.figures.loneP50

  const rates = gateways.map(({ id, found }) => {
    const min = id === 'rest' ? restRateMin : mcpRateMin
    const ratio = found?.ratios.manyRate
    const target = `${subjectTitles[id]}: at least ${min} of the floor's calls/s at 64 connections`
    return verdict(
      target,
      ratio,
      value => value.toFixed(2),
      value => value >= min,
    )
  })
  const latencies = gateways.map(({ id, found }) => {
    const above = direct === undefined ? undefined : minus(found?.figures.loneP50, direct)
    const target = `${subjectTitles[id]}: p50 at 1 connection at most ${loneP50AboveDirectMsMax} ms above direct`
    return verdict(
      target,
      above,
      value => `+${value.toFixed(3)} ms`,
      value => value <= loneP50AboveDirectMsMax,
    )
  })
  // One ClawLink process serves all three, so any of them tells its start and its memory.
  const ofProcess = (key: FigureKey) =>
    gateways.map(({ found }) => found?.figures[key]).find(value => value !== undefined)
  return [
    ...rates,
    ...latencies,
    verdict(
      `ClawLink starts in under ${startMsMax} ms`,
      ofProcess('start'),
      value => `${value.toFixed(0)} ms`,
      value => value < startMsMax,
    ),
    verdict(
      `ClawLink rests under ${restMemoryMbMax} MB`,
      ofProcess('restMemory'),
      value => `${value.toFixed(0)} MB`,
      value => value < restMemoryMbMax,
    ),
  ]
}

function minus(value: Figures[FigureKey], base: number): number | undefined {
  return value === undefined ? undefined : value - base
}

function verdict(
  target: string,
  value: number | undefined,
  show: (value: number) => string,
  holds: (value: number) => boolean,
): Verdict {
  return value === undefined ? { target, seen: 'not measured' } : { target, seen: show(value), holds: holds(value) }
}
