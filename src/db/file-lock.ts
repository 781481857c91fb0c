import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isBusy } from './run-batch.ts'

export type FileLock = { release(): void }

/**
 * Takes the lock that the file at `path` stands for, and makes the file when there is none; undefined when another holder
 * keeps it for longer than `waitMs`. It is an exclusive transaction on a database of its own, held by the operating
 * system: it ends with the process, however that dies, so there is never a stale lock to remove by hand. The file stays.
 */
export function takeFileLock(path: string, waitMs: number): FileLock | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = new DatabaseSync(path, { timeout: waitMs })
  try {
    file.exec('begin exclusive')
  } catch (cause) {
    file.close()
    if (isBusy(cause)) return undefined
    throw cause
  }
  return { release: () => file.close() }
}
