import { readFile } from 'node:fs/promises'
import { Fault } from '../core/errors.ts'

/** What the file that somebody named holds, as text. */
export async function readTextFile(path: string): Promise<string | Fault> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return new Fault('validation_error', `The file ${path} cannot be read.`, { fix: 'Check the path and its rights.' })
  }
}
