import { Fault } from '../../core/errors.ts'

/** What is wrong with one argument of a tool. `schema`: of all of them, where that helps to correct it. */
export function wrongArgument(tool: string, field: string, problem: string, schema?: unknown): Fault {
  return new Fault('validation_error', `The arguments of ${tool} are not valid: ${field} ${problem}.`, {
    invalidFields: [{ field, problem }],
    ...(schema !== undefined && { schema }),
  })
}
