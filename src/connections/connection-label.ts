import { Fault } from '../core/errors.ts'
import { isId } from '../core/ids.ts'

/** Why a person cannot call a connection this, or undefined; also when no label was given. */
export function labelFault(label: string | undefined): Fault | undefined {
  const problem = label === undefined ? undefined : labelProblem(label)
  return problem === undefined
    ? undefined
    : new Fault('validation_error', problem, { invalidFields: [{ field: 'label', problem }] })
}

function labelProblem(label: string): string | undefined {
  if (!label.trim() || label.length > 80 || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(label))
    return 'A label is 1 to 80 printable characters.'
  return isId('conn', label.trim()) ? 'A label must not look like the id of a connection.' : undefined
}

/** Another connection to this provider has the label. `fix`: what to do here. */
export function labelTaken(provider: string, label: string, fix: string): Fault {
  return new Fault('conflict', `There is a connection to ${provider} labelled "${label}" already.`, {
    fix,
    invalidFields: [{ field: 'label', problem: 'is taken' }],
  })
}
