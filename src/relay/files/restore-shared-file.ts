import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { commitVersion, Lost } from './commit-version.ts'
import { checkKey } from './key.ts'
import { raceFault, raceOf } from './race.ts'
import { type SharedFile, viewOf } from './shared-file.ts'
import { findVersion, noSharedFile, noSuchVersion } from './versions.ts'
import type { Writer } from './writer.ts'

/**
 * Makes a former version the present one again: as a new version, so that nothing of the history is lost. Also brings back what
 * was deleted. Without `baseVersion`, whatever is there now.
 */
export async function restoreSharedFile(
  app: App,
  writer: Writer,
  asked: { key: string; version: number; baseVersion?: number | undefined; force?: boolean | undefined },
): Promise<SharedFile | Fault> {
  const key = checkKey(asked.key)
  if (key instanceof Fault) return key
  const { version, baseVersion = 'any', force } = asked
  const former = await findVersion(app.db.read, writer.workspaceId, key, version)
  if (!former) return noSuchVersion(key, version)
  if (former.change === 'delete') return noSharedFile(key, former)
  const { file_id: fileId, bytes, sha256, media_type: mediaType } = former
  const content = { fileId, bytes, sha256, mediaType }
  const change = { key, change: 'restore', baseVersion, force, content, restoredFrom: version } as const
  const done = await commitVersion(app, writer, change)
  if (done instanceof Lost) return raceFault(await raceOf(app, { key, baseVersion, current: done.current }))
  return done instanceof Fault ? done : viewOf(app, done)
}
