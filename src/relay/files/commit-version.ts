import type { Transaction } from 'kysely'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Schema } from '../../db/schema.ts'
import type { SharedFileVersionRow } from '../../db/shared-file-schema.ts'
import { recordEvent } from '../../events/record-event.ts'
import { heldByOther, heldFault } from './held-by-other.ts'
import { fitsShared, tooManyShared } from './quota.ts'
import { tellSubscribers } from './tell-subscribers.ts'
import { etagOf, factsOf, latestVersion, lockSharedFiles, versionsOf } from './versions.ts'
import { authorOf, isBy, type Writer } from './writer.ts'

/** A row of `files`. Without a type it keeps that of the version before. */
export type Content = { fileId: string; bytes: number; sha256: string; mediaType?: string | undefined }

export type Change = {
  key: string
  change: SharedFileVersionRow['change']
  /** The version that it was made of; 0: there must be no such file; `any`: whatever is there. */
  baseVersion: number | 'any'
  /** What that version has to be beside its number. */
  baseEtag?: string | undefined
  /** Although somebody else is editing it. */
  force?: boolean | undefined
  /** Absent when it is deleted. */
  content?: Content
  restoredFrom?: number
}

/** Somebody else was faster, or the writer had not looked. */
export class Lost {
  readonly current: SharedFileVersionRow | undefined
  constructor(current: SharedFileVersionRow | undefined) {
    this.current = current
  }
}

const dayMs = 24 * 60 * 60 * 1000
/** Far beyond any clock: shared contents end when no version needs them. */
const never = 8_640_000_000_000_000

/**
 * Makes the next version of a shared file, if it is still the one that the writer knows. The same content is stored once:
 * then the new version points to what was there, and the row of `files` that was brought along is the caller's to remove.
 * A repeat of what this writer has just done is no second version.
 */
export async function commitVersion(
  app: App,
  writer: Writer,
  change: Change,
): Promise<SharedFileVersionRow | Lost | Fault> {
  const done = await app.db.write(async tx => {
    const { workspaceId } = writer
    await lockSharedFiles(app, tx, workspaceId)
    const held = await heldByOther(app, tx, writer, change)
    if (held) return { held }
    const current = await latestVersion(tx, workspaceId, change.key)
    if (!isBasedOn(current, change)) {
      const repeated = current && isRepeat(current, writer, change)
      return repeated ? { row: current, isNew: false } : new Lost(current)
    }
    const there = current && current.change !== 'delete' ? current : undefined
    const full = !there && change.content ? await tooManyShared(app, tx, workspaceId) : undefined
    const fileId = full ?? (change.content ? await keepContent(app, tx, workspaceId, change.content) : '')
    if (fileId instanceof Fault) return fileId
    const row = await nextVersion(app, tx, writer, { change, fileId, current: there })
    await replace(app, tx, row)
    await tx.insertInto('shared_file_versions').values(row).execute()
    await recordEvent(tx, app, {
      workspaceId,
      type: row.change === 'delete' ? 'file.deleted' : 'file.changed',
      subject: row.key,
      facts: factsOf(row),
    })
    return { row, isNew: true }
  })
  if (done instanceof Fault || done instanceof Lost) return done
  if ('held' in done) return heldFault(app, done.held)
  if (done.isNew) await tellSubscribers(app, writer, done.row)
  return done.row
}

/** Of a file that was deleted both its last version and none at all are a base. Pure. */
function isBasedOn(current: SharedFileVersionRow | undefined, { baseVersion, baseEtag }: Change): boolean {
  if (baseEtag !== undefined && (!current || etagOf(current) !== baseEtag)) return false
  if (baseVersion === 'any' || baseVersion === (current?.version ?? 0)) return true
  return baseVersion === 0 && current?.change === 'delete'
}

/** Whether an answer was lost, and its request sent again. Pure. */
function isRepeat(current: SharedFileVersionRow, writer: Writer, { change, baseVersion, content }: Change): boolean {
  return (
    current.change === change &&
    current.base_version === baseVersion &&
    current.sha256 === (content?.sha256 ?? '') &&
    isBy(writer, current)
  )
}

/** The row of `files` that has this content: one that is there, else the one that was brought along. */
async function keepContent(
  app: App,
  tx: Transaction<Schema>,
  workspaceId: string,
  { fileId, bytes, sha256 }: Content,
): Promise<string | Fault> {
  const known = await tx
    .selectFrom('shared_file_versions')
    .select('file_id')
    .where('workspace_id', '=', workspaceId)
    .where('sha256', '=', sha256)
    .where('file_id', '!=', '')
    .limit(1)
    .executeTakeFirst()
  if (known) return known.file_id
  const full = await fitsShared(app, tx, workspaceId, bytes)
  if (full) return full
  const kept = await tx
    .updateTable('files')
    .set({ state: 'shared', expires_at: never })
    .where('id', '=', fileId)
    .where('state', '=', 'ready')
    .executeTakeFirst()
  if (kept.numUpdatedRows === 1n) return fileId
  return new Fault('timeout', 'What you sent was not kept for long enough.', { fix: 'Send it again.' })
}

async function nextVersion(
  { config, relay }: App,
  tx: Transaction<Schema>,
  writer: Writer,
  { change, fileId, current }: { change: Change; fileId: string; current: SharedFileVersionRow | undefined },
): Promise<SharedFileVersionRow> {
  const { key, content, restoredFrom = 0 } = change
  const at = relay.now()
  const { last } = await versionsOf(tx, writer.workspaceId, key)
    .clearSelect()
    .select(({ fn }) => fn.max('version').as('last'))
    .executeTakeFirstOrThrow()
  return {
    workspace_id: writer.workspaceId,
    key,
    version: Number(last ?? 0) + 1,
    latest: 1,
    change: change.change,
    file_id: fileId,
    bytes: content?.bytes ?? 0,
    sha256: content?.sha256 ?? '',
    media_type: content ? (content.mediaType ?? (current?.media_type || 'application/octet-stream')) : '',
    base_version: change.baseVersion === 'any' ? (current?.version ?? 0) : change.baseVersion,
    restored_from: restoredFrom,
    ...authorOf(writer),
    at,
    expires_at: content ? null : at + config.sharedFileDays * dayMs,
  }
}

/** The version before this one is kept for a while; the one that is too many now goes. */
async function replace({ config }: App, tx: Transaction<Schema>, row: SharedFileVersionRow): Promise<void> {
  const { workspace_id, key, version, at } = row
  const expires_at = at + config.sharedFileDays * dayMs
  const versions = tx
    .updateTable('shared_file_versions')
    .where('workspace_id', '=', workspace_id)
    .where('key', '=', key)
  await versions.set({ latest: 0, expires_at }).where('latest', '=', 1).execute()
  await versions
    .set({ expires_at: at })
    .where('version', '=', version - config.sharedFileVersionsMax)
    .execute()
}
