import type { Kysely } from 'kysely'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { Schema } from '../db/schema.ts'

/** Files of a workspace at once, however small they are: each costs rows. */
const filesMax = 10_000
const writingMax = 100

/**
 * What is wrong with so many bytes more in this workspace, if anything. Files whose time is over do not count, and shared ones
 * have limits of their own.
 */
export async function fitsWorkspace(
  { config, clock }: App,
  db: Kysely<Schema>,
  workspaceId: string,
  more: number,
): Promise<Fault | undefined> {
  const { held, count } = await db
    .selectFrom('files')
    .select(({ fn }) => [fn.sum<number | null>('bytes').as('held'), fn.countAll().as('count')])
    .where('workspace_id', '=', workspaceId)
    .where('state', 'in', ['writing', 'ready'])
    .where('expires_at', '>', clock.now())
    .executeTakeFirstOrThrow()
  if (Number(count) > filesMax)
    return new Fault('quota_exceeded', `A workspace may have ${filesMax} files at a time.`, {
      fix: 'Delete files that are not needed any more, or wait until some end.',
    })
  if (Number(held) + more <= config.filesBytesMax) return undefined
  return new Fault('quota_exceeded', `The files of this workspace may hold ${config.filesBytesMax} bytes in all.`, {
    fix: 'Delete files that are not needed any more, wait until some end, or ask the owner to raise `filesBytesMax`.',
  })
}

/** What is wrong when one file more comes in, its row included: each holds a few chunks in memory until they are stored. */
export async function tooManyAtOnce({ db, clock }: App, workspaceId: string): Promise<Fault | undefined> {
  const { count } = await db.read
    .selectFrom('files')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('workspace_id', '=', workspaceId)
    .where('state', '=', 'writing')
    .where('expires_at', '>', clock.now())
    .executeTakeFirstOrThrow()
  if (Number(count) <= writingMax) return undefined
  return new Fault('quota_exceeded', `${writingMax} files of this workspace come in already.`, {
    fix: 'Wait until some of them are there.',
  })
}

export function tooLarge(bytesMax: number): Fault {
  return new Fault('payload_too_large', `A file may have ${bytesMax} bytes at most.`, {
    fix: 'Send a smaller one or parts of it, or ask the owner to raise `fileBytesMax`.',
  })
}
