import type { Kysely } from 'kysely'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Schema } from '../../db/schema.ts'

/** What is wrong with so many bytes of new content more in the shared files of this workspace, if anything. */
export async function fitsShared(
  { config }: App,
  db: Kysely<Schema>,
  workspaceId: string,
  more: number,
): Promise<Fault | undefined> {
  const { held } = await db
    .selectFrom('files')
    .select(({ fn }) => fn.sum<number | null>('bytes').as('held'))
    .where('workspace_id', '=', workspaceId)
    .where('state', '=', 'shared')
    .executeTakeFirstOrThrow()
  if (Number(held) + more <= config.sharedFilesBytesMax) return undefined
  return new Fault(
    'quota_exceeded',
    `The shared files of this workspace may hold ${config.sharedFilesBytesMax} bytes in all, former versions included.`,
    { fix: 'Delete what is not needed any more with `forget`, or ask the owner to raise `sharedFilesBytesMax`.' },
  )
}

/** What is wrong with one key more, if anything. */
export async function tooManyShared(
  { config }: App,
  db: Kysely<Schema>,
  workspaceId: string,
): Promise<Fault | undefined> {
  const { count } = await db
    .selectFrom('shared_file_versions')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('workspace_id', '=', workspaceId)
    .where('latest', '=', 1)
    .where('change', '!=', 'delete')
    .executeTakeFirstOrThrow()
  if (Number(count) < config.sharedFilesMax) return undefined
  return new Fault('quota_exceeded', `A workspace may have ${config.sharedFilesMax} shared files.`, {
    fix: 'Delete what is not needed any more, or ask the owner to raise `sharedFilesMax`.',
  })
}
