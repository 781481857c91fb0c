import type { Catalog, Tool } from '../catalog/catalog.ts'
import { Fault } from '../core/errors.ts'

/** The tool of this name, or a fault that offers the nearest names. */
export function findTool(catalog: Catalog, name: string): Tool | Fault {
  const tool = catalog.tools.get(name)
  if (tool) return tool
  const choices = catalog.search.nearest(name, 5)
  const meant = choices[0] === undefined ? '' : ` Did you mean ${choices[0]}?`
  return new Fault(
    'tool_not_found',
    `There is no tool "${name.slice(0, 100)}".${meant}`,
    choices.length ? { choices } : {},
  )
}
