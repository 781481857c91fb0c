import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '../../core/secret.ts'
import { newKeyRing, writeKeyRing } from '../../vault/key-ring.ts'

/** The file system that Linux keeps in memory. */
const memory = '/dev/shm'
/** Containers often have 64 MB there, which mailboxes could fill. */
const roomBytesMin = 256 * 1024 * 1024

/** Where a relay has its rows that keeps nothing. */
export type EphemeralPlace = {
  settings: {
    dataDir: string
    databaseUrl: undefined
    keyring: Secret
    keyringPassphrase: undefined
    keyringCommand: undefined
  }
  /** In words, what becomes of what it holds. */
  about: string
  /**
   * To be called once everything is open: takes the names of its files away, so that the system frees them when this process
   * ends, also when it is killed.
   */
  unname(): void
}

/** The key ring is in this process alone, so that whatever a machine may have kept of the rest cannot be opened. */
export function ephemeralPlace(): EphemeralPlace {
  const inMemory = hasRoom(memory)
  const parent = inMemory ? memory : tmpdir()
  const folder = mkdtempSync(join(parent, 'clawlink-relay-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  // On Windows a file in use keeps its name; and it may not come as far as to take it away.
  process.once('exit', remove)
  // What SQLite cannot sort in its own memory (https://sqlite.org/tempfiles.html, 5): deleted as soon as it is opened.
  process.env.SQLITE_TMPDIR = parent
  const ring = new Secret(writeKeyRing(newKeyRing(Date.now()), undefined))
  return {
    settings: {
      dataDir: folder,
      databaseUrl: undefined,
      keyring: ring,
      keyringPassphrase: undefined,
      keyringCommand: undefined,
    },
    about: inMemory
      ? 'It keeps everything in memory: all of it is gone when it stops.'
      : 'It keeps everything in temporary files that are gone when it stops.',
    unname: () => process.platform !== 'win32' && remove(),
  }
}

function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize >= roomBytesMin
  } catch {
    return false
  }
}
