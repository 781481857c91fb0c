import type { ValidateFunction } from 'ajv/dist/2020.js'
import type { Tool } from '../../catalog/catalog.ts'
import type { InvalidField } from '../../core/errors.ts'
import { RecentMap } from '../../core/recent-map.ts'
import { loadAjv } from '../load-ajv.ts'
import { describeProblem, namesIn } from './describe-problem.ts'

export type OutputChecks = {
  /** The first thing about this output that is not as the tool's schema says. Undefined: it fits, or there is no schema. */
  problemOf(tool: Tool, output: unknown): InvalidField | undefined
}

type Check = { fits: ValidateFunction; known: ReadonlySet<string> }

/** Compiled schemas are kept for this many tools; compiling costs milliseconds, so it happens at a tool's first answer. */
const compiledMax = 300

/** Checks of what tools give. Formats are not asserted: what counts as a date or an address, each provider sees its own way. */
export function createOutputChecks(): OutputChecks {
  const compiled = new RecentMap<Check>(compiledMax)

  function checkOf(tool: Tool, schema: object): Check {
    const known = compiled.get(tool.name)
    if (known) return known
    // An instance of its own per schema: a shared one keeps every schema that it ever saw.
    const { Ajv2020 } = loadAjv()
    const ajv = new Ajv2020({
      strict: false,
      validateSchema: false,
      meta: false,
      validateFormats: false,
      verbose: true,
    })
    const check = { fits: ajv.compile(schema), known: namesIn(schema) }
    compiled.set(tool.name, check)
    return check
  }

  return {
    problemOf(tool, output) {
      const schema = tool.outputSchema()
      if (!schema) return undefined
      const { fits, known } = checkOf(tool, schema)
      if (fits(output)) return undefined
      const problem = describeProblem(fits.errors ?? [], known)
      fits.errors = null // they hold the output
      return problem
    },
  }
}
