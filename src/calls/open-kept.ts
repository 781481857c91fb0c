import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { CallRow } from '../db/schema.ts'
import { openSeal } from '../vault/sealed-rows.ts'

/**
 * What is kept, sealed under `id`, of a call of this workspace. Undefined when it is not there, its time is over, or it does
 * not open. `T` is what the caller seals under that id, and nobody else does.
 */
export async function openKept<T>(
  app: App,
  { workspace_id }: Pick<CallRow, 'workspace_id'>,
  id: string,
): Promise<T | undefined> {
  const row = await app.db.read
    .selectFrom('seals')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', '=', workspace_id)
    .executeTakeFirst()
  if (!row || (row.expires_at !== null && row.expires_at <= app.clock.now())) return undefined
  const opened = openSeal(app.vault, row)
  return opened instanceof Fault ? undefined : (JSON.parse(opened.reveal()) as T) // as `T` is to be
}
