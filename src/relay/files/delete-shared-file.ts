import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { commitVersion, Lost } from './commit-version.ts'
import { forgetVersions } from './forget-shared-files.ts'
import { checkKey } from './key.ts'
import { raceFault, raceOf } from './race.ts'
import { type SharedFile, viewOf } from './shared-file.ts'
import { latestVersion, noSharedFile } from './versions.ts'
import type { Writer } from './writer.ts'

/**
 * Deletes a shared file, as a version of its own: what it was can be restored until that is forgotten. `forget`: at once, which
 * makes room and cannot be undone. Without `baseVersion`, whatever is there now.
 */
export async function deleteSharedFile(
  app: App,
  writer: Writer,
  asked: { key: string; baseVersion?: number | undefined; force?: boolean | undefined; forget?: boolean | undefined },
): Promise<SharedFile | Fault> {
  const key = checkKey(asked.key)
  if (key instanceof Fault) return key
  const { baseVersion = 'any', force, forget } = asked
  const known = await latestVersion(app.db.read, writer.workspaceId, key)
  // One that is deleted already can still be forgotten, and deleting it again is a repeat.
  if (!known || (known.change === 'delete' && baseVersion === 'any' && !forget)) return noSharedFile(key, known)
  const done =
    known.change === 'delete' && forget
      ? known
      : await commitVersion(app, writer, { key, change: 'delete', baseVersion, force })
  if (done instanceof Lost) return raceFault(await raceOf(app, { key, baseVersion, current: done.current }))
  if (done instanceof Fault) return done
  const view = await viewOf(app, done)
  if (forget) await forgetVersions(app, done)
  return view
}
