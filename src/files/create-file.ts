import { createHash, createSecretKey, type Hash, type KeyObject, randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import type { FileRow } from '../db/schema.ts'
import { chunkBytes, sealChunk } from './chunk.ts'
import { cutter } from './cut.ts'
import { type File, fileOf } from './file.ts'
import { safeMediaType, safeName } from './names.ts'
import { fitsWorkspace, tooLarge, tooManyAtOnce } from './quota.ts'
import { removeFile } from './remove-file.ts'
import { keySubject } from './subject.ts'

export type NewFile = {
  workspaceId: string
  agentId: string
  /** The call that it comes of. */
  callId?: string | undefined
  /** As it came, from whomever: it is made safe here. */
  name: string
  mediaType: string | undefined
}

export type FileLimits = {
  /** Largest content that is taken. The setting `fileBytesMax` holds beside it. */
  bytesMax?: number
  /** How many bytes there will be, where that was announced: what cannot fit is refused before anything is read. */
  announced?: number | undefined
}

/** How long a file may stay unfinished without a byte coming in, before the clean-up takes it for abandoned. */
const writingMs = 15 * 60_000
/** Chunks in one commit: 1 MiB. */
const together = 4

/**
 * Stores a stream as a file: sealed chunk by chunk as it comes, a few in memory at most, one short commit for each few of
 * them. Nobody sees the file before it is whole. Whatever goes wrong on the way leaves nothing: too much is a fault
 * `payload_too_large`, more than the workspace may hold `quota_exceeded`. A `Fault` that the source throws is given back;
 * anything else that it throws is thrown on.
 */
export async function createFile(
  app: App,
  asked: NewFile,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limits: FileLimits = {},
): Promise<File | Fault> {
  const bytesMax = Math.min(limits.bytesMax ?? Number.POSITIVE_INFINITY, app.config.fileBytesMax)
  const { announced = 0 } = limits
  if (announced > bytesMax) return tooLarge(bytesMax)
  const full = await fitsWorkspace(app, app.db.read, asked.workspaceId, announced)
  if (full) return full

  const key = createSecretKey(randomBytes(32))
  const row = newRow(app, asked, key)
  await app.db.insert('files', row)
  // Counted with its row there, so that of many at once each counts the others. What is known to be small is there at once.
  const isSmall = limits.announced !== undefined && limits.announced <= chunkBytes
  const crowded = isSmall ? undefined : await tooManyAtOnce(app, asked.workspaceId)
  if (crowded) {
    await removeFile(app.db, row.id)
    return crowded
  }
  const writing: Writing = { app, row, key, hash: createHash('sha256'), bytes: 0, seq: 0, waiting: [] }
  let whole: File | Fault | undefined
  try {
    whole = await writeAll(writing, source, bytesMax)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    whole = cause
  } finally {
    if (!whole || whole instanceof Fault) await removeFile(app.db, row.id)
  }
  return whole
}

type Writing = {
  app: App
  row: FileRow
  key: KeyObject
  hash: Hash
  bytes: number
  seq: number
  /** Sealed, not yet stored. */
  waiting: { seq: number; sealed: Buffer }[]
}

async function writeAll(
  writing: Writing,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bytesMax: number,
): Promise<File | Fault> {
  const { app, hash } = writing
  const cut = cutter(chunkBytes)
  for await (const bytes of source) {
    writing.bytes += bytes.length
    if (writing.bytes > bytesMax) return tooLarge(bytesMax)
    hash.update(bytes)
    for (const piece of cut.add(bytes)) {
      put(writing, piece, false)
      if (writing.waiting.length < together) continue
      const refused = await store(writing)
      if (refused) return refused
      // What comes from memory would otherwise hold up everybody else.
      await nextTurn()
    }
  }
  put(writing, cut.end(), true)
  const now = app.clock.now()
  const { id } = writing.row
  const end = {
    state: 'ready' as const,
    sha256: hash.digest('hex'),
    created_at: now,
    expires_at: now + app.config.fileMinutes * 60_000,
  }
  return (await store(writing, end)) ?? fileOf({ ...writing.row, ...end, id, bytes: writing.bytes })
}

function put(writing: Writing, piece: Buffer, isLast: boolean): void {
  const { workspace_id: workspaceId, id: fileId } = writing.row
  const seq = writing.seq++
  writing.waiting.push({ seq, sealed: sealChunk(writing.key, { workspaceId, fileId, seq, isLast }, piece) })
}

/** One commit: the chunks that wait, how long the file is by now, and whether the workspace may hold that much. */
function store(writing: Writing, end?: Partial<FileRow>): Promise<Fault | undefined> {
  const { app, row, bytes } = writing
  const chunks = writing.waiting.splice(0).map(chunk => ({ file_id: row.id, ...chunk }))
  return app.db.write(async tx => {
    const changed = await tx
      .updateTable('files')
      .set({ bytes, expires_at: app.clock.now() + writingMs, ...end })
      .where('id', '=', row.id)
      .where('state', '=', 'writing')
      .executeTakeFirst()
    if (changed.numUpdatedRows !== 1n)
      return new Fault('timeout', 'The file took too long to arrive.', { fix: 'Send it again.' })
    // Of several that come in at once each waits here for the others, so that it counts what they commit.
    if (app.db.dialect === 'postgres')
      await sql`select pg_advisory_xact_lock(hashtextextended(${`files ${row.workspace_id}`}, 0))`.execute(tx)
    const full = await fitsWorkspace(app, tx, row.workspace_id, 0)
    if (full) return full // what is stored by now is removed with the rest
    await tx.insertInto('file_chunks').values(chunks).execute()
    return undefined
  })
}

function newRow(app: App, { workspaceId, agentId, callId = '', name, mediaType }: NewFile, key: KeyObject): FileRow {
  const now = app.clock.now()
  const id = newId('file', now)
  const sealed = app.vault.seal(keySubject(workspaceId, id), new Secret(key.export().toString('base64')))
  return {
    id,
    workspace_id: workspaceId,
    agent_id: agentId,
    call_id: callId,
    name: safeName(name),
    media_type: safeMediaType(mediaType),
    bytes: 0,
    sha256: '',
    state: 'writing',
    ring_version: sealed.ringVersion,
    sealed: sealed.text,
    created_at: now,
    expires_at: now + writingMs,
  }
}
