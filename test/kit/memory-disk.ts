import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

const disk = '/dev/shm'
/** Several times what a whole run has there at once. */
const roomBytes = 4 * 1024 ** 3

/**
 * Temporary files of this process and those that it starts are in memory from here on, where the machine has such a disk
 * with room and nobody said where they should be: tests sync and remove thousands of small files. Gone when it ends.
 */
export function useMemoryDisk(): void {
  if (process.env.TMPDIR !== undefined || !isUsable()) return
  const folder = mkdtempSync(join(disk, 'clawlink-tests-'))
  // PostgreSQL, which runs as another user, has to get through.
  chmodSync(folder, 0o711)
  process.env.TMPDIR = folder
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
}

/** Programs have to run there too: where this machine has no PostgreSQL, what is fetched is put there. */
function isUsable(): boolean {
  try {
    const options = /^tmpfs \/dev\/shm tmpfs (\S+)/m.exec(readFileSync('/proc/mounts', 'utf8'))?.[1] ?? 'noexec'
    const { bavail, bsize } = statfsSync(disk)
    return !options.split(',').includes('noexec') && bavail * bsize > roomBytes
  } catch {
    return false
  }
}
