import { type Figure, figures } from '../figures.ts'
import type { SubjectResult } from '../measure.ts'
import { showFigure, showRatio } from './table.ts'

const panelWidth = 460
const panelGap = 24
const margin = 24
const headHeight = 62
const titleHeight = 26
const barHeight = 18
const barGap = 8
const labelWidth = 130
const valueWidth = 110
const panelsPerRow = 2

const style = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .head { font-size: 18px; font-weight: 600 } .panel { font-weight: 600 } .quiet { fill: #656d76 }
  .paper { fill: #ffffff } .track { fill: #eff2f5 }
  .mark { stroke: #57606a; stroke-dasharray: 3 3 }
  .direct { fill: #a8b1bb } .floor { fill: #57606a } .rest { fill: #0969da } .mcp-2025 { fill: #8250df } .mcp-2026 { fill: #bf3989 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #8d96a0 } .paper { fill: #0d1117 } .track { fill: #1c2128 }
    .mark { stroke: #9ea7b3 }
    .direct { fill: #545d68 } .floor { fill: #9ea7b3 } .rest { fill: #4493f8 } .mcp-2025 { fill: #ab7df8 } .mcp-2026 { fill: #db61a2 }
  }`

/** The plot: a panel per figure, a bar per subject, a dashed line at the floor. Follows the viewer's light or dark scheme. */
export function plot(results: SubjectResult[], title: string, subtitle: string): string {
  const shown = figures.filter(({ key }) => results.some(result => result.figures[key] !== undefined))
  const panelHeight = titleHeight + results.length * (barHeight + barGap) + panelGap
  const rows = Math.ceil(shown.length / panelsPerRow)
  const width = 2 * margin + panelsPerRow * panelWidth + (panelsPerRow - 1) * panelGap
  const height = 2 * margin + headHeight + rows * panelHeight - panelGap
  const panels = shown.map((figure, i) => {
    const x = margin + (i % panelsPerRow) * (panelWidth + panelGap)
    const y = margin + headHeight + Math.floor(i / panelsPerRow) * panelHeight
    return `<g transform="translate(${x} ${y})">${panel(figure, results)}</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">
<style>${style}</style>
<rect class="paper" width="${width}" height="${height}"/>
<text class="head" x="${margin}" y="${margin + 16}">${escapeXml(title)}</text>
<text class="quiet" x="${margin}" y="${margin + 38}">${escapeXml(subtitle)}</text>
${panels.join('\n')}
</svg>
`
}

function panel(figure: Figure, results: SubjectResult[]): string {
  const most = Math.max(...results.map(result => result.figures[figure.key] ?? 0))
  const track = panelWidth - labelWidth - valueWidth
  const rows = results.map((result, i) => {
    const y = titleHeight + i * (barHeight + barGap)
    const textY = y + barHeight - 5
    const value = result.figures[figure.key]
    const ratio = result.id === 'floor' ? undefined : result.ratios[figure.key]
    const label = `<text x="0" y="${textY}">${escapeXml(result.title)}</text>`
    if (value === undefined) return `${label}<text class="quiet" x="${labelWidth}" y="${textY}">–</text>`
    const length = Math.max(1, (value / most) * track).toFixed(1)
    const quiet = ratio === undefined ? '' : ` <tspan class="quiet">${showRatio(ratio)}</tspan>`
    return [
      label,
      `<rect class="track" x="${labelWidth}" y="${y}" width="${track}" height="${barHeight}" rx="3"/>`,
      `<rect class="${result.id}" x="${labelWidth}" y="${y}" width="${length}" height="${barHeight}" rx="3"/>`,
      `<text x="${labelWidth + track + 8}" y="${textY}">${showFigure(figure, value)}${quiet}</text>`,
    ].join('')
  })
  const floor = results.find(({ id }) => id === 'floor')?.figures[figure.key]
  const bottom = titleHeight + results.length * (barHeight + barGap) - barGap
  const markX = (labelWidth + ((floor ?? 0) / most) * track).toFixed(1)
  const mark = floor && `<path class="mark" d="M${markX} ${titleHeight - 4}V${bottom + 4}"/>`
  const better = `<tspan class="quiet"> · ${figure.better} is better</tspan>`
  const title = `${figure.group}: ${figure.title}, ${figure.unit}`
  return `<text class="panel" x="0" y="12">${escapeXml(title)}${better}</text>${rows.join('')}${mark ?? ''}`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
