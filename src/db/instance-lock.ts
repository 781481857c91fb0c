import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { takeFileLock } from './file-lock.ts'

/** Who holds a data folder, as far as it wrote it down. */
export type Holder = { pid?: number; url?: string }

export type InstanceLock = { describe(holder: Holder): void; release(): void }

/** At most one server per data folder. It ends with its process, and with the object that this gives: keep it. Throws when the folder cannot be made or written to. */
export function takeInstanceLock(dataDir: string): InstanceLock | { heldBy: Holder } {
  const lock = takeFileLock(join(dataDir, 'instance.lock'), 0)
  const notePath = join(dataDir, 'instance.json')
  if (!lock) return { heldBy: readHolder(notePath) }
  const forget = () => rmSync(notePath, { force: true })
  forget() // what a killed server left
  return {
    describe: holder => writeFileSync(notePath, JSON.stringify(holder), { mode: 0o600 }),
    release() {
      forget()
      lock.release()
    },
  }
}

/** The server that runs on this data folder, as far as it wrote itself down; empty when none does. */
export function instanceAt(dataDir: string): Holder {
  return readHolder(join(dataDir, 'instance.json'))
}

function readHolder(path: string): Holder {
  try {
    const holder: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return holder && typeof holder === 'object' ? holder : {}
  } catch {
    return {}
  }
}
