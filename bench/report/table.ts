import { type Figure, figures } from '../figures.ts'
import type { SubjectResult } from '../measure.ts'

/** A figure as text, with thousands separated. */
export function showFigure(figure: Figure, value: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: figure.digits, maximumFractionDigits: figure.digits })
}

/** A ratio to the floor as text: `0.84×`. */
export function showRatio(ratio: number): string {
  return `${ratio >= 9.995 ? ratio.toFixed(1) : ratio.toFixed(2)}×`
}

/** The table: a line per figure, and per subject two columns, the figure and its ratio to the floor of the same run. */
export function table(results: SubjectResult[]): string {
  const shown = figures.filter(({ key }) => results.some(result => result.figures[key] !== undefined))
  const rows = shown.flatMap((figure, i) => {
    const cells = results.flatMap(result => {
      const [value, ratio] = [result.figures[figure.key], result.ratios[figure.key]]
      return [
        value === undefined ? '–' : showFigure(figure, value),
        ratio === undefined || result.id === 'floor' ? '' : showRatio(ratio),
      ]
    })
    const line = { label: `  ${figure.title}`, unit: figure.unit, cells }
    return shown[i - 1]?.group === figure.group ? [line] : [{ label: figure.group, unit: '', cells: [] }, line]
  })
  const spread = results.flatMap(({ rateSpread }) => [`${(rateSpread * 100).toFixed(0)}`, ''])
  const atFirstRate = rows.findIndex(row => row.label.trim() === 'calls')
  rows.splice(atFirstRate + 1, 0, { label: '    spread of rounds', unit: '%', cells: spread })

  const labelWidth = Math.max(...rows.map(({ label }) => label.length))
  const unitWidth = Math.max(...rows.map(({ unit }) => unit.length))
  const valueWidths = results.map((_, i) => Math.max(...rows.map(({ cells }) => cells[2 * i]?.length ?? 0)))
  const ratioWidths = results.map((_, i) => Math.max(...rows.map(({ cells }) => cells[2 * i + 1]?.length ?? 0)))
  const widths = results.map(({ title }, i) =>
    Math.max(title.length, (valueWidths[i] ?? 0) + (ratioWidths[i] ?? 0) + 1),
  )
  const head = results.map(({ title }, i) => title.padStart(widths[i] ?? 0))
  const lines = rows.map(({ label, unit, cells }) => {
    const columns = results.map((_, i) => {
      const ratio = (cells[2 * i + 1] ?? '').padStart((ratioWidths[i] ?? 0) + 1)
      return `${cells[2 * i] ?? ''}${ratio}`.padStart(widths[i] ?? 0)
    })
    return [label.padEnd(labelWidth), unit.padEnd(unitWidth), ...columns].join('  ').trimEnd()
  })
  return [[' '.repeat(labelWidth + unitWidth + 2), ...head].join('  '), ...lines].join('\n')
}
