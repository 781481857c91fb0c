import type { App } from '../app.ts'
import { removeFile } from './remove-file.ts'

/** Removes the files whose time is over, and those that were never finished. In transactions of its own: files are large. */
export async function forgetFiles({ db, clock }: App): Promise<void> {
  const over = await db.read.selectFrom('files').select('id').where('expires_at', '<=', clock.now()).execute()
  for (const { id } of over) await removeFile(db, id)
}
