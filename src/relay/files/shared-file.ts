import type { App } from '../../app.ts'
import type { SharedFileLeaseRow, SharedFileVersionRow } from '../../db/shared-file-schema.ts'
import { etagOf } from './versions.ts'

/** `name` is empty for somebody who is gone, `device` for a person. */
export type By = { kind: 'agent' | 'person'; id: string; name: string; device: string }

/** One state of a shared file: the present one, or one of its history. Times are ISO 8601. */
export type SharedFile = {
  key: string
  version: number
  etag: string
  bytes: number
  mediaType: string
  sha256: string
  change: SharedFileVersionRow['change']
  /** The version that it was made of; 0 for none. */
  baseVersion: number
  restoredFrom: number | null
  by: By
  at: string
  /** Until when it is kept, where something newer has taken its place, or where it was deleted. */
  keptUntil: string | null
  /** Who is editing it, as far as that was said. Of the present one only. */
  lease: { by: By; note: string; until: string } | null
}

const isoTime = (ms: number) => new Date(ms).toISOString()

/** These versions as they are shown, with the names of their authors. */
export async function viewsOf(
  app: App,
  workspaceId: string,
  rows: readonly SharedFileVersionRow[],
): Promise<SharedFile[]> {
  if (!rows.length) return []
  const keys = [...new Set(rows.filter(({ latest }) => latest).map(({ key }) => key))]
  const leases = keys.length ? await leasesOf(app, workspaceId, keys) : []
  const authors = await authorsOf(app, workspaceId, [...rows, ...leases])
  return rows.map(row => {
    const lease = row.latest ? leases.find(({ key }) => key === row.key) : undefined
    return {
      key: row.key,
      version: row.version,
      etag: etagOf(row),
      bytes: row.bytes,
      mediaType: row.media_type,
      sha256: row.sha256,
      change: row.change,
      baseVersion: row.base_version,
      restoredFrom: row.restored_from || null,
      by: authors(row),
      at: isoTime(row.at),
      keptUntil: row.expires_at === null ? null : isoTime(row.expires_at),
      lease: lease ? { by: authors(lease), note: lease.note, until: isoTime(lease.expires_at) } : null,
    }
  })
}

export async function viewOf(app: App, row: SharedFileVersionRow): Promise<SharedFile> {
  const [view] = await viewsOf(app, row.workspace_id, [row])
  if (!view) throw new Error('a row has no view')
  return view
}

/** Leases that are not over. */
async function leasesOf({ db, relay }: App, workspaceId: string, keys: string[]): Promise<SharedFileLeaseRow[]> {
  return db.read
    .selectFrom('shared_file_leases')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('key', 'in', keys)
    .where('expires_at', '>', relay.now())
    .execute()
}

type Authored = Pick<SharedFileVersionRow, 'by_kind' | 'by_id' | 'by_device'>

/** Who somebody is, for all of these at once. */
export async function authorsOf(
  { db }: App,
  workspaceId: string,
  authored: readonly Authored[],
): Promise<(of: Authored) => By> {
  const ids = (kind: By['kind']) => [...new Set(authored.filter(each => each.by_kind === kind).map(each => each.by_id))]
  const agentIds = ids('agent')
  const personIds = ids('person')
  const agents = agentIds.length
    ? await db.read
        .selectFrom('agents')
        .select(['id', 'name'])
        .where('workspace_id', '=', workspaceId)
        .where('id', 'in', agentIds)
        .execute()
    : []
  const people = personIds.length
    ? await db.read.selectFrom('people').select(['id', 'name']).where('id', 'in', personIds).execute()
    : []
  const names = new Map([...agents, ...people].map(({ id, name }) => [id, name]))
  return ({ by_kind, by_id, by_device }) => ({
    kind: by_kind,
    id: by_id,
    name: names.get(by_id) ?? '',
    device: by_device,
  })
}
