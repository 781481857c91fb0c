import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { findLease, heldByOther, heldFault } from './held-by-other.ts'
import { checkKey } from './key.ts'
import { authorsOf, type By } from './shared-file.ts'
import { lockSharedFiles } from './versions.ts'
import { authorOf, type Writer } from './writer.ts'

export type SharedFileLease = { key: string; by: By; note: string; until: string }

/**
 * Says "I am editing this" for a while, and again for longer. Others are then told so when they write, as a fault `conflict`
 * with `details.heldBy`; that is also the answer when somebody else was first. The file need not be there yet.
 */
export async function leaseSharedFile(
  app: App,
  writer: Writer,
  asked: { key: string; seconds: number; note?: string | undefined },
): Promise<SharedFileLease | Fault> {
  const key = checkKey(asked.key)
  if (key instanceof Fault) return key
  const { workspaceId } = writer
  const { seconds, note = '' } = asked
  const done = await app.db.write(async tx => {
    await lockSharedFiles(app, tx, workspaceId)
    const held = await heldByOther(app, tx, writer, { key })
    if (held) return { held }
    const lease = { ...authorOf(writer), note, expires_at: app.relay.now() + seconds * 1000 }
    await tx
      .insertInto('shared_file_leases')
      .values({ workspace_id: workspaceId, key, ...lease })
      .onConflict(on => on.columns(['workspace_id', 'key']).doUpdateSet(lease))
      .execute()
    return { lease }
  })
  if ('held' in done) return heldFault(app, done.held)
  const { lease: row } = done
  const by = (await authorsOf(app, workspaceId, [row]))(row)
  return { key, by, note, until: new Date(row.expires_at).toISOString() }
}

/** Says that one is done. Harmless when there was nothing. With `force` somebody else's. */
export async function endSharedFileLease(
  app: App,
  writer: Writer,
  asked: { key: string; force?: boolean | undefined },
): Promise<{ key: string } | Fault> {
  const key = checkKey(asked.key)
  if (key instanceof Fault) return key
  const { workspaceId } = writer
  const held = await app.db.write(async tx => {
    await lockSharedFiles(app, tx, workspaceId)
    const held = await heldByOther(app, tx, writer, { key, force: asked.force })
    if (held) return held
    if (await findLease(app, tx, workspaceId, key))
      await tx.deleteFrom('shared_file_leases').where('workspace_id', '=', workspaceId).where('key', '=', key).execute()
    return undefined
  })
  return held ? heldFault(app, held) : { key }
}
