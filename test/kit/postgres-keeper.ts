/**
 * Keeps a throw-away PostgreSQL cluster for as long as its standard input stays open, then stops it and removes its
 * files: whoever started it may die in any way. Prints one line on standard output: `port <n>`, or `failed <why>`.
 */
import { spawn } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { executable, fetchBinaries, findBinaries } from './postgres-binaries.ts'

const BIND_ATTEMPTS = 3

const folder = mkdtempSync(join(tmpdir(), 'clawlink-postgres-'))
// Settings meant for another PostgreSQL stay out, and what it says is in English.
const env = Object.fromEntries([...Object.entries(process.env).filter(([name]) => !/^PG/.test(name)), ['LC_ALL', 'C']])
const ended = new AbortController()
process.stdin.on('close', () => ended.abort()).resume()

try {
  const owner = unprivileged()
  const binaries = findBinaries() ?? (await fetchBinaries(folder))
  const cluster = join(folder, 'cluster')
  mkdirSync(cluster, { mode: 0o700 })
  if (owner) for (const path of [folder, cluster]) chownSync(path, owner.uid, owner.gid)
  await initialize(binaries, cluster, owner)
  await serve(binaries, cluster, owner)
} catch (error) {
  const why = error instanceof Error ? error.message : String(error)
  process.stdout.write(`failed ${why.replaceAll('\n', ' | ')}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit()

interface Owner {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root: where we are root, the user it runs as instead. */
function unprivileged(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
  for (const name of ['postgres', 'nobody']) {
    const [, uid, gid] = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(users) ?? []
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as')
}

async function initialize(binaries: string, cluster: string, owner: Owner | undefined): Promise<void> {
  const flags = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
  const program = start(join(binaries, executable('initdb')), [...flags, '-D', cluster], owner)
  const code = await program.exit
  if (code !== 0 && !ended.signal.aborted) throw new Error(`initdb ended with ${code}: ${program.words()}`)
}

async function serve(binaries: string, cluster: string, owner: Owner | undefined): Promise<void> {
  for (let attempt = 1; !ended.signal.aborted; attempt += 1) {
    const port = await freePort()
    const settings = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${process.platform === 'win32' ? '' : cluster}`,
      'max_connections=200',
      'fsync=off',
      'synchronous_commit=off',
      'full_page_writes=off',
      // The log, which may be in memory, stays small.
      'wal_level=minimal',
      'max_wal_senders=0',
      'max_wal_size=256MB',
      'min_wal_size=64MB',
    ]
    const flags = ['-D', cluster, '-p', `${port}`, ...settings.flatMap(setting => ['-c', setting])]
    const program = start(join(binaries, executable('postgres')), flags, owner)
    program.onWords(words => {
      if (words.includes('ready to accept connections')) process.stdout.write(`port ${port}\n`)
    })
    const code = await program.exit
    if (ended.signal.aborted) return
    const isPortTaken = program.words().includes('could not bind')
    if (!isPortTaken || attempt === BIND_ATTEMPTS) throw new Error(`postgres ended with ${code}: ${program.words()}`)
  }
}

/** Starts a program of PostgreSQL's that is told to stop when our input ends; `words` is the end of what it said. */
function start(file: string, flags: string[], owner: Owner | undefined) {
  const child = spawn(file, flags, {
    ...owner,
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const stop = () => child.kill('SIGINT')
  ended.signal.addEventListener('abort', stop)
  if (ended.signal.aborted) stop()
  let words = ''
  let listen: (words: string) => void = () => {}
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      words = (words + chunk).slice(-4_000)
      listen(chunk)
    })
  }
  return {
    exit: new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', code => resolve(code))
    }),
    words: () => words.trim(),
    onWords: (listener: (words: string) => void) => {
      listen = listener
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
