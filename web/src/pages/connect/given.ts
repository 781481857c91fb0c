import type { ReadField } from '../../kit/form.tsx'
import type { FieldView } from './session.ts'

/** What a form was filled with, as the requests want it: fields that were left empty are not sent. */
export type Given = { fields: Record<string, string>; label?: string; makeDefault?: true; oauthApp?: string }

/** The names of a form's own fields. Those that a provider asks for begin otherwise, so that they cannot be confused. */
export const own = { label: 'label', makeDefault: 'makeDefault', oauthApp: 'oauthApp' } as const

/** Reads a form of the fields and of what is beside them. Pure. */
export function givenIn(read: ReadField, fields: Readonly<Record<string, FieldView>>): Given {
  const filled = Object.keys(fields).map(name => [name, read(name)] as const)
  const label = read(own.label).trim()
  const oauthApp = read(own.oauthApp)
  return {
    fields: Object.fromEntries(filled.filter(([, value]) => value !== '')),
    ...(label && { label }),
    ...(read(own.makeDefault) && { makeDefault: true as const }),
    ...(oauthApp && { oauthApp }),
  }
}
