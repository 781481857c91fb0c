import type * as z from 'zod'
import type { InvalidField } from '../core/errors.ts'
import { shortName, wrongFields } from '../core/first-of.ts'

/**
 * What Zod found wrong, field by field, and the same as one text; of very much the first. `unknown` says what is wrong with a
 * name that the schema does not have, `whole` names the value itself where no field of it is to blame.
 */
export function invalidFieldsOf(
  { issues }: z.ZodError,
  { unknown, whole }: { unknown: string; whole: string },
): { invalidFields: InvalidField[]; named: string } {
  const found = issues.flatMap(issue => {
    const path = issue.path.map(String)
    if (issue.code !== 'unrecognized_keys') return [{ field: path.join('.') || whole, problem: issue.message }]
    return issue.keys.map(key => ({ field: [...path, key].join('.'), problem: unknown }))
  })
  return wrongFields(found.map(({ field, problem }) => ({ field: shortName(field), problem })))
}
