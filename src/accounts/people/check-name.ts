import { Fault } from '../../core/errors.ts'
import { isPlainText } from '../plain-text.ts'

/** Why a person or a workspace cannot be called so, or undefined. Pure. */
export function checkName(name: string): Fault | undefined {
  if (isPlainText(name, 80)) return undefined
  return new Fault('validation_error', 'A name has 1 to 80 characters, all of them printable.', {
    invalidFields: [{ field: 'name', problem: 'must be 1 to 80 printable characters' }],
  })
}
