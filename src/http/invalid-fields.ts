import type * as z from 'zod'
import type { InvalidField } from '../core/errors.ts'

/**
 * What Zod found wrong, field by field, and the same as one text. `unknown` says what is wrong with a name that the schema
 * does not have, `whole` names the value itself where no field of it is to blame.
 */
export function invalidFieldsOf(
  { issues }: z.ZodError,
  { unknown, whole }: { unknown: string; whole: string },
): { invalidFields: InvalidField[]; named: string } {
  const invalidFields = issues.flatMap(issue => {
    const path = issue.path.map(String)
    if (issue.code !== 'unrecognized_keys') return [{ field: path.join('.') || whole, problem: issue.message }]
    return issue.keys.map(key => ({ field: [...path, key].join('.'), problem: unknown }))
  })
  return { invalidFields, named: invalidFields.map(({ field, problem }) => `${field} ${problem}`).join('; ') }
}
