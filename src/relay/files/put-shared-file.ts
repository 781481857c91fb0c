import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { SharedFileVersionRow } from '../../db/shared-file-schema.ts'
import { createFile } from '../../files/create-file.ts'
import type { File } from '../../files/file.ts'
import { safeMediaType } from '../../files/names.ts'
import { removeFile } from '../../files/remove-file.ts'
import { type Change, commitVersion, Lost } from './commit-version.ts'
import { heldByOther, heldFault } from './held-by-other.ts'
import { checkKey } from './key.ts'
import { fitsShared } from './quota.ts'
import { raceFault, raceOf } from './race.ts'
import { type SharedFile, viewOf } from './shared-file.ts'
import type { Writer } from './writer.ts'

export type SharedFilePut = {
  key: string
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  /** Otherwise that of the version before, or bytes of an unknown kind. */
  mediaType?: string | undefined
  /** How many bytes there will be, where that is known: what cannot fit is refused before anything is read. */
  announced?: number | undefined
  /** The version that it was made of; 0 or absent: there must be no such file; `any`: whatever is there. */
  baseVersion?: number | 'any' | undefined
  /** What that version has to be beside its number. */
  baseEtag?: string | undefined
  /** Text that lost a race is merged with what is there, and that is written, where no line was changed by both. */
  merge?: boolean | undefined
  /** Although somebody else is editing it. */
  force?: boolean | undefined
}

/** Each time that a merge is too late somebody else's change was stored, so this is how many may come in at once. */
const mergesMax = 100

/**
 * Writes a shared file, as it streams in: its next version. A lost race is a fault `conflict` with both sides in
 * `details.race`, and what was sent is kept as an ordinary file; one that somebody else is editing is a `conflict` with
 * `details.heldBy`. Other faults: `validation_error`, `payload_too_large`, `quota_exceeded`, and what the source throws.
 */
export async function putSharedFile(app: App, writer: Writer, put: SharedFilePut): Promise<SharedFile | Fault> {
  const key = checkKey(put.key)
  if (key instanceof Fault) return key
  const { workspaceId } = writer
  const { announced, force, baseVersion = 0, baseEtag } = put
  const lease = await heldByOther(app, app.db.read, writer, { key, force })
  if (lease) return heldFault(app, lease)
  const full = await fitsShared(app, app.db.read, workspaceId, announced ?? 0)
  if (full) return full
  const mediaType = put.mediaType === undefined ? undefined : safeMediaType(put.mediaType)
  const yours = await createFile(app, newFile(writer, key, mediaType), put.content, { announced })
  if (yours instanceof Fault) return yours

  const first: Change = { key, change: 'put', baseVersion, baseEtag, force, content: contentOf(yours, mediaType) }
  let done = await commitVersion(app, writer, first)
  for (let merges = 0; done instanceof Lost; merges++) {
    const race = await raceOf(app, { key, baseVersion, current: done.current, yours })
    const { merge, current } = race
    if (!put.merge || !merge || merge.conflicts || !current || merges === mergesMax) return raceFault(race)
    const text = Buffer.from(merge.text)
    const merged = await createFile(app, newFile(writer, key, mediaType), [text], { announced: text.length })
    if (merged instanceof Fault) return raceFault(race)
    // What is there has it all already, as after a repeat.
    if (merged.sha256 === current.sha256) done = done.current ?? done
    else {
      const content = contentOf(merged, mediaType)
      done = await commitVersion(app, writer, {
        ...first,
        change: 'merge',
        baseVersion: current.version,
        baseEtag: current.etag,
        content,
      })
    }
    await removeUnless(app, merged, done)
  }
  await removeUnless(app, yours, done)
  return done instanceof Fault ? done : viewOf(app, done)
}

const newFile = ({ workspaceId, kind, id }: Writer, name: string, mediaType: string | undefined) => ({
  workspaceId,
  agentId: kind === 'agent' ? id : '',
  name,
  mediaType,
})

const contentOf = ({ id, bytes, sha256 }: File, mediaType: string | undefined) => ({
  fileId: id,
  bytes,
  sha256,
  mediaType,
})

/** What no version has taken over is not needed: the same content was there, or nothing came of it. */
async function removeUnless(app: App, { id }: File, done: SharedFileVersionRow | Lost | Fault): Promise<void> {
  if (done instanceof Fault || done instanceof Lost || done.file_id !== id) await removeFile(app.db, id)
}
