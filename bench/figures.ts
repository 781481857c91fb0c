/** The widths of load that every subject is measured at. */
export const lone = 1
export const many = 64

export type FigureKey =
  | 'manyRate'
  | 'manyP50'
  | 'manyP99'
  | 'manyCpu'
  | 'loneRate'
  | 'loneP50'
  | 'loneP99'
  | 'loneCpu'
  | 'restMemory'
  | 'loadedMemory'
  | 'start'

/** A subject's figures; one that could not be read, or makes no sense for it, is absent. */
export type Figures = Partial<Record<FigureKey, number>>

/** One line of the table. */
export type Figure = {
  key: FigureKey
  group: string
  title: string
  unit: string
  better: 'more' | 'less'
  digits: number
}

const manyGroup = `${many} connections`
const loneGroup = `${lone} connection`

/** All figures in the order in which they are shown. Everything that shows or compares figures derives from this list. */
export const figures: Figure[] = [
  { key: 'manyRate', group: manyGroup, title: 'calls', unit: '/s', better: 'more', digits: 0 },
  { key: 'manyP50', group: manyGroup, title: 'latency p50', unit: 'ms', better: 'less', digits: 2 },
  { key: 'manyP99', group: manyGroup, title: 'latency p99', unit: 'ms', better: 'less', digits: 2 },
  { key: 'manyCpu', group: manyGroup, title: 'CPU per call', unit: 'µs', better: 'less', digits: 0 },
  { key: 'loneRate', group: loneGroup, title: 'calls', unit: '/s', better: 'more', digits: 0 },
  { key: 'loneP50', group: loneGroup, title: 'latency p50', unit: 'ms', better: 'less', digits: 3 },
  { key: 'loneP99', group: loneGroup, title: 'latency p99', unit: 'ms', better: 'less', digits: 3 },
  { key: 'loneCpu', group: loneGroup, title: 'CPU per call', unit: 'µs', better: 'less', digits: 0 },
  { key: 'restMemory', group: 'process', title: 'memory at rest', unit: 'MB', better: 'less', digits: 0 },
  { key: 'loadedMemory', group: 'process', title: 'memory after', unit: 'MB', better: 'less', digits: 0 },
  { key: 'start', group: 'process', title: 'start', unit: 'ms', better: 'less', digits: 0 },
]

/** The middle value; of an even count, the mean of the middle two. `values` must not be empty. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  return (lower + upper) / 2
}

/** Each figure of `mine` divided by the same figure of `floor`, where both exist. */
export function ratiosTo(floor: Figures | undefined, mine: Figures): Figures {
  const ratios: Figures = {}
  for (const { key } of figures) {
    const [value, base] = [mine[key], floor?.[key]]
    if (value !== undefined && base) ratios[key] = value / base
  }
  return ratios
}
