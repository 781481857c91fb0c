import { fileURLToPath } from 'node:url'

type Frame = { functionName: string; url: string; lineNumber: number }

/** The part of V8's CPU profile (`--cpu-prof`) that is read here. Times are in microseconds. */
export type CpuProfile = {
  nodes: { id: number; callFrame: Frame; children?: number[] }[]
  startTime: number
  samples: number[]
  timeDeltas: number[]
}

/** Where time went, in microseconds and the largest first; waiting is left out. */
export type SelfTime = {
  busyUs: number
  /** By package or file of the function that was running. */
  places: [string, number][]
  /** The same, but what ran inside Node is charged to the package or file that called into it. */
  callers: [string, number][]
  functions: [string, number][]
}

/**
 * Adds up the time that each function itself was running between two moments of the monotonic clock, so that starting up
 * and warming up do not count. Files of the project are named one by one (relative to `root`), packages and Node as wholes.
 */
export function selfTime(profile: CpuProfile, fromUs: number, untilUs: number, root: string): SelfTime {
  const nodes = new Map(profile.nodes.map(node => [node.id, node]))
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map(child => [child, id])))
  const callerOf = (id: number): string => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const url = nodes.get(at)?.callFrame.url
      if (url?.startsWith('file:')) return placeOf(url, '', root)
    }
    return 'Node itself'
  }
  const places = new Map<string, number>()
  const callers = new Map<string, number>()
  const functions = new Map<string, number>()
  let busyUs = 0
  let at = profile.startTime
  profile.samples.forEach((sample, i) => {
    at += profile.timeDeltas[i] ?? 0
    const frame = nodes.get(sample)?.callFrame
    // A sample stands for the time until the next one.
    const lasted = profile.timeDeltas[i + 1] ?? 0
    if (!frame || frame.functionName === '(idle)' || at < fromUs || at >= untilUs || lasted < 0) return
    const place = placeOf(frame.url, frame.functionName, root)
    const name = frame.functionName || '(anonymous)'
    const where = frame.url ? `${name}  ${fileOf(frame.url, root)}:${frame.lineNumber + 1}` : `${name}  ${place}`
    busyUs += lasted
    add(places, place, lasted)
    add(callers, callerOf(sample), lasted)
    add(functions, where, lasted)
  })
  return {
    busyUs,
    places: largestFirst(places),
    callers: largestFirst(callers),
    functions: largestFirst(functions),
  }
}

function add(sums: Map<string, number>, name: string, us: number): void {
  sums.set(name, (sums.get(name) ?? 0) + us)
}

function largestFirst(sums: Map<string, number>): [string, number][] {
  return [...sums].toSorted((a, b) => b[1] - a[1])
}

function placeOf(url: string, functionName: string, root: string): string {
  if (url === '') return functionName === '(garbage collector)' ? 'garbage collection' : 'native code'
  if (url.startsWith('node:')) return 'node'
  return packageOf(url) ?? fileOf(url, root)
}

/** The innermost package in a path: of `…/node_modules/a/node_modules/@b/c/index.js` it is `@b/c`. */
function packageOf(url: string): string | undefined {
  const [, inside] = /.*\/node_modules\/(.+)$/.exec(url) ?? []
  const [first = '', second] = inside?.split('/') ?? []
  return inside && (first.startsWith('@') ? `${first}/${second}` : first)
}

function fileOf(url: string, root: string): string {
  if (!url.startsWith('file:')) return url
  const path = fileURLToPath(url)
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path
}
