import type { Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import type { OAuthAppRow, Schema } from '../../db/schema.ts'

/** Only one app of a registration is the default. */
export async function clearOtherDefaults(tx: Transaction<Schema>, row: OAuthAppRow): Promise<void> {
  await tx
    .updateTable('oauth_apps')
    .set({ is_default: 0 })
    .where('workspace_id', '=', row.workspace_id)
    .where('registration', '=', row.registration)
    .where('id', '!=', row.id)
    .execute()
}

/** A label that no other app of the registration has. Pure. */
export function freeLabel(name: string, others: readonly { label: string }[]): string {
  let label = name
  for (let count = 2; others.some(each => each.label === label); count++) label = `${name} ${count}`
  return label
}

export function labelTaken(label: string): Fault {
  return new Fault('conflict', `There is an OAuth app labelled "${label}" already.`, {
    fix: 'Give this one another label.',
    invalidFields: [{ field: 'label', problem: 'is taken' }],
  })
}
