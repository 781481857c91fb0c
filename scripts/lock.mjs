import {
  appendFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_AGAIN_MS = 100
const SIGN_OF_LIFE_MS = 2_000
const ABANDONED_MS = 20_000

/**
 * Runs `work` while no other process that asks for the same lock file does. A lock whose holders are all dead, or that
 * has shown no sign of life for 20 seconds, is taken over.
 * @template T
 * @param {string} path of the lock file; its folder is created
 * @param {{ onWait(): void }} options `onWait` is called once if another process holds the lock
 * @param {(alsoHeldBy: (pid: number) => void) => Promise<T>} work may name processes it starts, which then hold the lock
 *   even if this process is killed
 * @returns {Promise<T>}
 */
export async function withLock(path, { onWait }, work) {
  mkdirSync(dirname(path), { recursive: true })
  let hasWaited = false
  while (!take(path)) {
    if (removeIfAbandoned(path)) continue
    if (!hasWaited) onWait()
    hasWaited = true
    await sleep(LOOK_AGAIN_MS)
  }
  const signOfLife = setInterval(() => utimesSync(path, new Date(), new Date()), SIGN_OF_LIFE_MS)
  try {
    return await work(pid => appendFileSync(path, `${pid}\n`))
  } finally {
    clearInterval(signOfLife)
    rmSync(path, { force: true })
  }
}

/** @param {string} path */
function take(path) {
  try {
    writeFileSync(path, `${process.pid}\n`, { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** @param {string} path */
function removeIfAbandoned(path) {
  try {
    const holders = readFileSync(path, 'utf8')
    const silentMs = Date.now() - statSync(path).mtimeMs
    const isHeld = holders === '' || holders.trim().split('\n').some(isAlive)
    if (isHeld && silentMs < ABANDONED_MS) return false
    // Renaming lets one of several waiting processes win; what it took away it puts back if a new holder was faster.
    const aside = `${path}.${process.pid}`
    renameSync(path, aside)
    if (readFileSync(aside, 'utf8') !== holders) linkSync(aside, path)
    rmSync(aside)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error
  }
  return true
}

/** @param {string} pid */
function isAlive(pid) {
  try {
    return process.kill(Number(pid), 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
