import { createSecretKey, type KeyObject } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { isId } from '../core/ids.ts'
import type { FileRow } from '../db/schema.ts'
import { chunkBytes, openChunk, piecesOf, type Range } from './chunk.ts'
import { type File, fileOf, noFile, type Whose } from './file.ts'
import { keySubject } from './subject.ts'

export type OpenFile = {
  file: File
  /**
   * Its content, or bytes `from` up to and with `to`, a chunk at a time; only the chunks that it needs are opened. Throws
   * when a chunk is missing or was changed.
   */
  read(range?: Range): AsyncGenerator<Buffer>
}

/** A file for reading, if it is one of these and its time is not over. */
export async function openFile(app: App, whose: Whose, id: string): Promise<OpenFile | Fault> {
  const row = await findFile(app, whose, id)
  return row ? openRow(app, row) : noFile(id)
}

/** The file of a row that the caller has found in its own way. */
export function openRow(app: App, row: FileRow): OpenFile | Fault {
  const { id } = row
  const opened = app.vault.open(keySubject(row.workspace_id, id), { ringVersion: row.ring_version, text: row.sealed })
  if (opened instanceof Fault) return opened
  const key = createSecretKey(Buffer.from(opened.reveal(), 'base64'))
  return { file: fileOf(row), read: (range = { from: 0, to: row.bytes - 1 }) => readFrom(app, row, key, range) }
}

/** The row of a file that is whole, one of these, and not over. */
export function findFile(app: App, { workspaceId, agentId }: Whose, id: string): Promise<FileRow | undefined> {
  if (!isId('file', id)) return Promise.resolve(undefined)
  const rows = app.db.read
    .selectFrom('files')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .where('state', '=', 'ready')
    .where('expires_at', '>', app.clock.now())
  return (agentId === undefined ? rows : rows.where('agent_id', '=', agentId)).executeTakeFirst()
}

async function* readFrom({ db }: App, row: FileRow, key: KeyObject, range: Range): AsyncGenerator<Buffer> {
  const place = { workspaceId: row.workspace_id, fileId: row.id }
  for (const { seq, isLast, from, to } of piecesOf(row.bytes, range)) {
    const chunk = await db.read
      .selectFrom('file_chunks')
      .select('sealed')
      .where('file_id', '=', row.id)
      .where('seq', '=', seq)
      .executeTakeFirst()
    if (!chunk) throw new Error(`chunk ${seq} of ${row.id} is missing`)
    const plaintext = openChunk(key, { ...place, seq, isLast }, chunk.sealed)
    const expected = isLast ? row.bytes - seq * chunkBytes : chunkBytes
    if (plaintext.length !== expected) throw new Error(`chunk ${seq} of ${row.id} has another length`)
    yield plaintext.subarray(from, to + 1)
    // Reading from a file on disk never waits: whoever takes it fast would keep everybody else out.
    await nextTurn()
  }
}
