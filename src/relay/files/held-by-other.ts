import type { Kysely } from 'kysely'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Schema } from '../../db/schema.ts'
import type { SharedFileLeaseRow } from '../../db/shared-file-schema.ts'
import { authorsOf } from './shared-file.ts'
import { isBy, type Writer } from './writer.ts'

/** The lease of a key that is not over. */
export function findLease({ relay }: App, db: Kysely<Schema>, workspaceId: string, key: string) {
  return db
    .selectFrom('shared_file_leases')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('key', '=', key)
    .where('expires_at', '>', relay.now())
    .executeTakeFirst()
}

/** Why this writer should keep away from a shared file: somebody else is editing it, and it was not asked for regardless. */
export async function heldByOther(
  app: App,
  db: Kysely<Schema>,
  writer: Writer,
  { key, force }: { key: string; force?: boolean | undefined },
): Promise<SharedFileLeaseRow | undefined> {
  if (force) return undefined
  const lease = await findLease(app, db, writer.workspaceId, key)
  return lease && !isBy(writer, lease) ? lease : undefined
}

export async function heldFault(app: App, lease: SharedFileLeaseRow): Promise<Fault> {
  const by = (await authorsOf(app, lease.workspace_id, [lease]))(lease)
  const until = new Date(lease.expires_at).toISOString()
  const who = [by.name || by.id, by.device].filter(Boolean).join(' at ')
  return new Fault('conflict', `${who} is editing "${lease.key}" until ${until}.`, {
    heldBy: { by, note: lease.note, until },
    fix: 'Ask them, or wait until then. With `force` you write regardless.',
  })
}
