import type { App } from '../app.ts'
import type { Fault } from '../core/errors.ts'
import { noFile, type Whose } from './file.ts'
import { findFile } from './open-file.ts'
import { removeFile } from './remove-file.ts'

/** Ends one of these files before its time. */
export async function deleteFile(app: App, whose: Whose, id: string): Promise<{ id: string } | Fault> {
  if (!(await findFile(app, whose, id))) return noFile(id)
  await removeFile(app.db, id)
  return { id }
}
