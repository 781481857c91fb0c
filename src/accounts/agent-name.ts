import { Fault } from '../core/errors.ts'
import { isPlainText } from './plain-text.ts'

/** Whether agents may be called so. */
export const isAgentName = (name: string) => isPlainText(name, 80)

export function badAgentName(): Fault {
  return new Fault('validation_error', 'An agent needs a name of 1 to 80 characters, all of them printable.', {
    invalidFields: [{ field: 'name', problem: 'must be 1 to 80 printable characters' }],
  })
}
