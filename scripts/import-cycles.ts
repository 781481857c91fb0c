/**
 * The cycles among modules: for each group of modules that reach each other, one shortest way round.
 * @param imports what each module imports
 */
export function importCycles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const seen = new Set<string>()
  const cycles: string[][] = []
  for (const module of [...imports.keys()].sort()) {
    if (seen.has(module)) continue
    const cycle = wayBack(module, imports)
    if (!cycle) continue
    for (const each of cycle) seen.add(each)
    cycles.push(cycle)
  }
  return cycles
}

function wayBack(start: string, imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const module of queue) {
    for (const next of imports.get(module) ?? []) {
      if (next === start) {
        const way = [module]
        for (let at = module; at !== start; ) {
          at = cameFrom.get(at) ?? start
          way.unshift(at)
        }
        return way
      }
      if (cameFrom.has(next)) continue
      cameFrom.set(next, module)
      queue.push(next)
    }
  }
  return undefined
}
