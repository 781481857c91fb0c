import { Fault, type InvalidField } from '../../core/errors.ts'
import { readSigningKey } from '../oauth/read-private-key.ts'
import type { AppSecrets } from './oauth-app.ts'

/** What a person says of an OAuth app. */
export type AppFacts = AppSecrets & { label?: string | undefined; clientId?: string | undefined }

/** Why an OAuth app cannot be as this says, or undefined; what is absent is not looked at. Pure. */
export function checkApp({ label, clientId, clientSecret, privateKey, keyId }: AppFacts): Fault | undefined {
  const problems: [field: string, problem: string | undefined][] = [
    ['label', label === undefined || isLabel(label) ? undefined : 'is not 1 to 80 printable characters'],
    ['clientId', oneWord(clientId)],
    ['clientSecret', oneWord(clientSecret)],
    ['keyId', oneWord(keyId)],
    ['privateKey', privateKey === undefined || readSigningKey(privateKey) ? undefined : 'is not a private key (PEM)'],
  ]
  const invalidFields = problems.flatMap(([field, problem]): InvalidField[] => (problem ? [{ field, problem }] : []))
  if (!invalidFields.length) return undefined
  const named = invalidFields.map(({ field, problem }) => `${field} ${problem}`).join('; ')
  return new Fault('validation_error', `This OAuth app is not valid: ${named}.`, { invalidFields })
}

const isLabel = (label: string) =>
  label.trim() !== '' && label.length <= 80 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(label)

function oneWord(text: string | undefined): string | undefined {
  return text === undefined || /^[\x21-\x7e]{1,2048}$/.test(text) ? undefined : 'is empty, too long or holds a space'
}
