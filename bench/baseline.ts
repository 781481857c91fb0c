import { readFileSync, writeFileSync } from 'node:fs'
import { type Figure, type Figures, figures } from './figures.ts'
import type { SubjectResult } from './measure.ts'

/** Ratios to the floor by subject. Absolute figures are not kept: they belong to the machine that made them. */
export type Baseline = Record<string, Figures>

/** A ratio that moved by more than the noise. `change` is relative: 0.2 is 20 % more. */
export type Change = { subject: string; figure: Figure; was: number; is: number; change: number; better: boolean }

/** A smaller move is noise. */
export const changeMin = 0.15

/** Reads a baseline; one that is not there is empty. */
export function readBaseline(path: string): Baseline {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return {}
  }
  return JSON.parse(text)
}

/** Lists the ratios that moved by more than `changeMin`, the largest move first. */
export function compareWithBaseline(baseline: Baseline, results: SubjectResult[]): Change[] {
  return results
    .flatMap(({ id, title, ratios }) =>
      figures.flatMap(figure => {
        const [was, is] = [baseline[id]?.[figure.key], ratios[figure.key]]
        if (id === 'floor' || !was || is === undefined) return []
        const change = is / was - 1
        return [{ subject: title, figure, was, is, change, better: change > 0 === (figure.better === 'more') }]
      }),
    )
    .filter(({ change }) => Math.abs(change) > changeMin)
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change))
}

/** Writes the ratios of this run over those of the same subjects in the baseline; other subjects keep theirs. */
export function saveBaseline(path: string, results: SubjectResult[]): void {
  const measured = results.filter(({ id }) => id !== 'floor').map(({ id, ratios }) => [id, roundAll(ratios)])
  const baseline = { ...readBaseline(path), ...Object.fromEntries(measured) }
  writeFileSync(path, `${JSON.stringify(baseline, undefined, 2)}\n`)
}

function roundAll(ratios: Figures): Figures {
  return Object.fromEntries(Object.entries(ratios).map(([key, ratio]) => [key, Number(ratio.toPrecision(3))]))
}
