import { Fault } from '../../core/errors.ts'
import { commonPasswords } from './common-passwords.ts'

const passwordLength = { min: 10, max: 200 } as const

/**
 * Why this cannot be the password of the person with this address, or undefined (NIST SP 800-63B, 3.1.1: length and a list
 * of known ones; no rules on kinds of characters). Pure.
 */
export function checkPassword(password: string, email: string, field = 'password'): Fault | undefined {
  const problem = problemOf(password, email)
  return problem === undefined
    ? undefined
    : new Fault('validation_error', `This password ${problem}.`, { invalidFields: [{ field, problem }] })
}

function problemOf(password: string, email: string): string | undefined {
  const { length } = [...password]
  if (length < passwordLength.min || length > passwordLength.max)
    return `must have ${passwordLength.min} to ${passwordLength.max} characters`
  const lower = password.toLowerCase()
  if (commonPasswords.has(lower) || new Set(lower).size < 4) return 'is among the first that anybody tries'
  return lower === email || lower === email.split('@', 1)[0] ? 'must not be the email address' : undefined
}
