import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Who holds a data folder, as far as it wrote it down. */
export type Holder = { pid?: number; url?: string }

export type InstanceLock = { describe(holder: Holder): void; release(): void }

/**
 * At most one server per data folder. The lock is an exclusive transaction on a file of its own, held by the operating
 * system: it ends with the process, however that dies, so there is never a stale lock to remove by hand.
 */
export function takeInstanceLock(dataDir: string): InstanceLock | { heldBy: Holder } {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const notePath = join(dataDir, 'instance.json')
  const lock = new DatabaseSync(join(dataDir, 'instance.lock'), { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch {
    lock.close()
    return { heldBy: readHolder(notePath) }
  }
  return {
    describe: holder => writeFileSync(notePath, JSON.stringify(holder), { mode: 0o600 }),
    release() {
      rmSync(notePath, { force: true })
      lock.close()
    },
  }
}

function readHolder(path: string): Holder {
  try {
    const holder: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return holder && typeof holder === 'object' ? holder : {}
  } catch {
    return {}
  }
}
