import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * One package in a lock file of npm.
 * @typedef {object} Entry
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [dev]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 * @property {string | string[]} [os]
 * @property {string | string[]} [cpu]
 * @property {string | string[]} [libc]
 */

/**
 * Whether `npm ci` has nothing left to do here. Compares package-lock.json with npm's own record of the last complete
 * install, which npm writes last: an interrupted install leaves none.
 * @param {string} folder holds package-lock.json and node_modules
 * @param {{ dev: boolean }} options whether development packages are needed too
 */
export function isInstalled(folder, { dev }) {
  const locked = readEntries(join(folder, 'package-lock.json')) ?? {}
  const present = readEntries(recordPath(folder))
  if (present === undefined) return false
  const here = platform()
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '' || (entry.dev && !dev) || !isForPlatform(entry, here)) return true
    return present[path]?.version === entry.version && present[path]?.integrity === entry.integrity
  })
}

/**
 * Whether the last complete install in this folder brought development packages.
 * @param {string} folder
 */
export function hasDevPackages(folder) {
  return Object.values(readEntries(recordPath(folder)) ?? {}).some(entry => entry.dev === true)
}

/**
 * npm's record of the last complete install in this folder.
 * @param {string} folder
 */
export function recordPath(folder) {
  return join(folder, 'node_modules', '.package-lock.json')
}

/**
 * Whether npm installs this package on a platform. It leaves out optional packages for other platforms, and may leave
 * out optional packages that name none; the rest is always there.
 * @param {Entry} entry
 * @param {{ os: string, cpu: string, libc(): string }} here
 */
export function isForPlatform(entry, here) {
  if (!entry.optional && !entry.devOptional) return true
  if (entry.os === undefined && entry.cpu === undefined) return false
  return names(entry.os, here.os) && names(entry.cpu, here.cpu) && (!entry.libc || names(entry.libc, here.libc()))
}

/**
 * @param {string | string[] | undefined} list
 * @param {string} value
 */
function names(list, value) {
  return list === undefined || [list].flat().includes(value)
}

function platform() {
  /** @type {string | undefined} */
  let libc
  return { os: process.platform, cpu: process.arch, libc: () => (libc ??= readLibc()) }
}

function readLibc() {
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report?.getReport() ?? {})
  return report.header?.glibcVersionRuntime ? 'glibc' : 'musl'
}

/**
 * @param {string} file
 * @returns {Record<string, Entry> | undefined} by path below the folder; undefined where the file is missing or cut short
 */
function readEntries(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}
