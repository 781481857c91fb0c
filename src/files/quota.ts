import type { Kysely } from 'kysely'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { Schema } from '../db/schema.ts'

/** What is wrong with so many bytes more in this workspace, if anything. Files whose time is over do not count. */
export async function fitsWorkspace(
  { config, clock }: App,
  db: Kysely<Schema>,
  workspaceId: string,
  more: number,
): Promise<Fault | undefined> {
  const { held } = await db
    .selectFrom('files')
    .select(({ fn }) => fn.sum<number | null>('bytes').as('held'))
    .where('workspace_id', '=', workspaceId)
    .where('expires_at', '>', clock.now())
    .executeTakeFirstOrThrow()
  if (Number(held) + more <= config.filesBytesMax) return undefined
  return new Fault('quota_exceeded', `The files of this workspace may hold ${config.filesBytesMax} bytes in all.`, {
    fix: 'Delete files that are not needed any more, wait until some end, or ask the owner to raise `filesBytesMax`.',
  })
}

export function tooLarge(bytesMax: number): Fault {
  return new Fault('payload_too_large', `A file may have ${bytesMax} bytes at most.`, {
    fix: 'Send a smaller one or parts of it, or ask the owner to raise `fileBytesMax`.',
  })
}
