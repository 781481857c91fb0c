import { createOutputChecks, type OutputChecks } from '../../src/calls/output/output-checks.ts'
import { createValidator, type Validator } from '../../src/calls/validate.ts'
import type { Connector } from '../../src/catalog/define.ts'
import { perObject } from '../../src/core/per-object.ts'

const validatorOf = perObject((_: Connector) => createValidator())
const outputsOf = perObject((_: Connector) => createOutputChecks())

/**
 * What a ClawLink checks arguments and answers with, shared by all that a worker starts: compiling a schema takes about as
 * long as starting one. Each connector has its own, since tests make several with tools of the same name.
 */
export const compiledOnce: { validator: Validator; outputs: OutputChecks } = {
  validator: { validate: (tool, args) => validatorOf(tool.provider.connector).validate(tool, args) },
  outputs: { problemOf: (tool, output) => outputsOf(tool.provider.connector).problemOf(tool, output) },
}
