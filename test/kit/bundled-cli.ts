import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
/** What the main thread starts beside it. */
const threads = {
  'sqlite-thread': fileURLToPath(new URL('../../src/db/sqlite-thread.ts', import.meta.url)),
  'net-thread': fileURLToPath(new URL('../../src/net/net-thread.ts', import.meta.url)),
}
const cache = fileURLToPath(new URL('../../.cache', import.meta.url))

/** Where the workers of one run look for its bundle, and the first that needs it puts it. */
const variable = 'CLAWLINK_TEST_BUNDLE'

export type BundledCli = {
  main: string
  /** What Node compiled of it before; to be NODE_COMPILE_CACHE. */
  compileCache: string
}

/** The workers that this process starts share one bundle, of what the source is in this run. Gone when it ends. */
export function shareBundle(): void {
  // Directly below `.cache`: what asks for package.json from src/core/ asks from there too.
  const folder = join(cache, `bundled-${randomUUID()}`)
  process.env[variable] = folder
  process.once('exit', () => {
    for (const each of [folder, turnAt(folder)]) rmSync(each, { recursive: true, force: true })
  })
}

/**
 * The command line in few files, which starts in half the CPU time of the many that it is made of. Made on first use; it
 * has no web app to show. Throws in a process that `shareBundle` was not called for.
 */
export async function bundledCli(): Promise<BundledCli> {
  const folder = process.env[variable]
  if (!folder) throw new Error(`${variable} is not set: only a run of the tests has a bundle`)
  const bundled = { main: join(folder, 'main.js'), compileCache: join(folder, 'compiled') }
  while (!existsSync(folder)) {
    if (isFirst(folder)) {
      await bundleInto(folder)
      await compile(bundled)
    } else await setTimeout(20)
  }
  return bundled
}

/** Whose folder this is makes the bundle, in there, while the others wait: it is seen at its place when it is whole. */
const turnAt = (folder: string) => `${folder}-turn`

function isFirst(folder: string): boolean {
  mkdirSync(cache, { recursive: true })
  try {
    mkdirSync(turnAt(folder))
    return true
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false
    throw cause
  }
}

async function bundleInto(folder: string): Promise<void> {
  const { rolldown } = await import('rolldown')
  const made = join(turnAt(folder), 'made')
  try {
    // pg asks for pg-native and does without.
    const bundle = await rolldown({
      input: { main, ...threads },
      platform: 'node',
      external: ['pg-native'],
      logLevel: 'silent',
    })
    // A thread is started by the name of its file.
    const entryFileNames = ({ name }: { name: string }) => (name === 'main' ? 'main.js' : `${name}.ts`)
    await bundle.write({ dir: made, chunkFileNames: '[name]-[hash].js', entryFileNames })
    await bundle.close()
    renameSync(made, folder)
  } catch (cause) {
    // Whoever waits tries as well, and says why it fails.
    rmSync(turnAt(folder), { recursive: true, force: true })
    throw cause
  }
}

/** Node keeps what it compiled when a process ends by itself, which those that tests kill never do. */
async function compile({ main, compileCache }: BundledCli): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'clawlink-compile-'))
  const server = spawn(process.execPath, [main, 'start', '--json', '--data', home, '--port', '0'], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, NODE_COMPILE_CACHE: compileCache },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  server.stdout.once('data', () => server.kill('SIGTERM'))
  await once(server, 'close')
  rmSync(home, { recursive: true, force: true })
}
