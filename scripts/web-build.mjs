import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ended, Interrupted, SetUpError } from './npm.mjs'
import { environmentWith } from './right-node.mjs'

/** What the built app is made of, below the folder of the web app. */
const SOURCES = ['index.html', 'package.json', 'package-lock.json', 'vite.config.ts', 'public', 'src']
/** Written last, beside what was built: the digest of its sources. */
const STAMP = 'built-from'

/**
 * Whether dist holds what the sources of now build to. Costs milliseconds.
 * @param {string} folder of the web app
 */
export function isBuilt(folder) {
  const stamp = join(folder, 'dist', STAMP)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesOf(folder)
}

/**
 * A digest of everything that the built app is made of: names and contents. Types are gone from it and tests were never
 * in it, so they do not count.
 * @param {string} folder of the web app
 */
export function sourcesOf(folder) {
  const hash = createHash('sha256')
  for (const file of SOURCES.flatMap(source => filesAt(folder, source)).sort()) {
    if (file === 'src/api/openapi.ts' || /\.test\.tsx?$/.test(file)) continue
    const bytes = readFileSync(join(folder, file))
    hash.update(`${file}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/**
 * Builds dist anew; the one before stays until this one is whole. Throws SetUpError with what the build said, or
 * Interrupted.
 * @param {string} node the binary to build with
 * @param {string} folder of the web app, with its packages installed
 * @param {{ onStart(pid: number): void }} options who is told the id of the process that builds
 */
export async function buildWeb(node, folder, { onStart }) {
  const next = join(folder, 'dist.next')
  const digest = sourcesOf(folder)
  const args = [
    join(folder, 'node_modules/vite/bin/vite.js'),
    'build',
    '--outDir',
    next,
    '--emptyOutDir',
    '--logLevel',
    'warn',
  ]
  const child = spawn(node, args, { cwd: folder, env: environmentWith(node), stdio: ['ignore', 'pipe', 'pipe'] })
  if (child.pid) onStart(child.pid)
  /** @type {Buffer[]} */
  const said = []
  child.stdout.on('data', chunk => said.push(chunk))
  child.stderr.on('data', chunk => said.push(chunk))
  const { code, signal } = await ended(child)
  if (signal) throw new Interrupted(signal)
  if (code !== 0) {
    throw new SetUpError('The web app does not build, as it says above.', wordsOf(Buffer.concat(said).toString()))
  }
  for (const file of filesAt(next, '.')) {
    if (/\.(js|css|html|svg)$/.test(file))
      writeFileSync(join(next, `${file}.gz`), gzipSync(readFileSync(join(next, file)), { level: 9 }))
  }
  writeFileSync(join(next, STAMP), digest)
  rmSync(join(folder, 'dist'), { recursive: true, force: true })
  renameSync(next, join(folder, 'dist'))
}

/**
 * What a build said, without its stack traces.
 * @param {string} said
 */
function wordsOf(said) {
  const lines = said.split('\n').filter(line => line.trim() && !/^\s+(at |errors: )/.test(line))
  return lines.slice(0, 12)
}

/**
 * @param {string} folder
 * @param {string} source a file or a folder below it; it need not be there
 * @returns {string[]} the files of it, by their paths below `folder`, with slashes
 */
function filesAt(folder, source) {
  const stats = statSync(join(folder, source), { throwIfNoEntry: false })
  if (!stats?.isDirectory()) return stats ? [source] : []
  return readdirSync(join(folder, source)).flatMap(name => filesAt(folder, source === '.' ? name : `${source}/${name}`))
}
