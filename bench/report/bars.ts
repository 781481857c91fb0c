import { type Figure, figures } from '../figures.ts'
import type { SubjectResult } from '../measure.ts'
import { showFigure } from './table.ts'

const barWidth = 48
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar of `share` (0 to 1) of the full width, in steps of an eighth of a character. */
export function bar(share: number, width: number): string {
  const parts = Math.round(share * width * 8)
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '')
}

/** Bars for the figures that matter most: calls per second at many connections and latency at one. */
export function bars(results: SubjectResult[]): string {
  return figures
    .filter(({ key }) => key === 'manyRate' || key === 'loneP50')
    .map(figure => barsOf(figure, results))
    .join('\n\n')
}

function barsOf(figure: Figure, results: SubjectResult[]): string {
  const most = Math.max(...results.map(result => result.figures[figure.key] ?? 0))
  const titleWidth = Math.max(...results.map(({ title }) => title.length))
  const lines = results.flatMap(result => {
    const value = result.figures[figure.key]
    if (value === undefined) return []
    return [`  ${result.title.padEnd(titleWidth)}  ${bar(value / most, barWidth)} ${showFigure(figure, value)}`]
  })
  return [`${figure.title}, ${figure.unit}, ${figure.group} (${figure.better} is better)`, ...lines].join('\n')
}
