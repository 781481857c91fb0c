import { spawn } from 'node:child_process'
import { existsSync, realpathSync, rmSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { recordPath } from './installed.mjs'
import { environmentWith } from './right-node.mjs'

/** Set-up failed; the message says what to do about it. */
export class SetUpError extends Error {
  /**
   * @param {string} message
   * @param {string[]} [words] lines of npm's that tell more
   */
  constructor(message, words = []) {
    super(message)
    this.words = words
  }
}

/** Set-up was told to stop. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`stopped by ${signal}`)
    this.signal = signal
  }
}

const FLAGS = [
  '--include=optional',
  '--ignore-scripts',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--no-progress',
  '--loglevel=http',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
]

/**
 * Runs `npm ci` in a folder and stays silent about it; no package's install script runs. Throws SetUpError with npm's
 * own words if npm fails, and Interrupted, with npm stopped, if we are told to stop.
 * @param {string} node the binary to run npm under
 * @param {string} folder holds package.json and package-lock.json
 * @param {{ dev: boolean, onStart(pid: number): void }} options whether to bring development packages; who is told npm's
 *   process id
 * @returns {Promise<string>} what npm said
 */
export async function npmCi(node, folder, { dev, onStart }) {
  const npm = findNpm()
  if (npm === undefined) {
    throw new SetUpError(
      `No npm was found beside ${process.execPath} or on the PATH. Install Node.js with its npm (https://nodejs.org) and run the same command again.`,
    )
  }
  // npm empties node_modules in no order: with its record gone first, an interrupted install never looks complete.
  rmSync(recordPath(folder), { force: true })
  const child = spawn(node, [npm, 'ci', dev ? '--include=dev' : '--omit=dev', ...FLAGS], {
    cwd: folder,
    env: environment(node),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (child.pid) onStart(child.pid)
  /** @type {Buffer[]} */
  const said = []
  child.stdout.on('data', chunk => said.push(chunk))
  child.stderr.on('data', chunk => said.push(chunk))
  const { code, signal } = await ended(child)
  const words = Buffer.concat(said).toString()
  if (signal) throw new Interrupted(signal)
  if (code !== 0) throw npmFailed(words)
  return words
}

/**
 * The error for an install that did not bring what it should have.
 * @param {string} words what npm said
 */
export function npmFailed(words) {
  const lines = words
    .split('\n')
    .filter(line => line.trim() && !/^npm (http (fetch GET [23]\d\d|cache)|warn) /.test(line))
  const errors = lines.filter(line => line.startsWith('npm error') && !/^npm error( {2,}|$)/.test(line))
  return new SetUpError(advice(words), (errors.length > 0 ? errors : lines).slice(0, 12))
}

/** @param {string} words */
function advice(words) {
  if (/EN(OTFOUND|ETUNREACH|OTCACHED)|EAI_AGAIN|ECONN(REFUSED|RESET)|EHOSTUNREACH|ETIMEDOUT/.test(words)) {
    return 'npm could not reach its registry. Check the network (or the registry and proxy that `npm config list` shows) and run the same command again.'
  }
  if (words.includes('ENOSPC'))
    return 'The disk is full: ClawLink needs about 500 MB. Make room and run the same command again.'
  if (/EACCES|EPERM|EROFS/.test(words))
    return 'npm may not write here. Allow it, or use a folder of your own, and run the same command again.'
  if (words.includes('EUSAGE'))
    return 'package.json and package-lock.json do not fit each other. Run `npm install`, then the same command again.'
  return 'npm failed, as it says above. Running the same command again starts over.'
}

/**
 * Waits for the end of a process. A signal that tells us to stop ends it.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} `signal` is also the one that stopped us
 */
export async function ended(child) {
  /** @type {NodeJS.Signals | null} */
  let stopped = null
  /** @param {NodeJS.Signals} signal */
  const stop = signal => {
    stopped = signal
    // Politely asked, npm takes seconds to undo its work, and the next start begins with an empty folder anyway.
    child.kill('SIGKILL')
  }
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
  for (const signal of signals) process.on(signal, stop)
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve({ code, signal: stopped ?? signal }))
    })
  } finally {
    for (const signal of signals) process.off(signal, stop)
  }
}

/** @param {string} node */
function environment(node) {
  // npm hands its settings to scripts as variables, and from 11.19 refuses this one of them when it installs a project.
  const refused = /^npm_config_allow_scripts$/i
  return Object.fromEntries(Object.entries(environmentWith(node)).filter(([name]) => !refused.test(name)))
}

/** The npm-cli.js of the npm that started us, else of the one beside this Node, else of the one on the PATH. */
function findNpm() {
  const starter = process.env.npm_execpath ?? ''
  const places = [dirname(process.execPath), ...(process.env.PATH ?? '').split(delimiter)].filter(Boolean)
  const candidates = [
    ...(/^np[mx]-cli\.js$/.test(basename(starter)) ? [join(dirname(starter), 'npm-cli.js')] : []),
    ...places.flatMap(place => [
      join(place, '../lib/node_modules/npm/bin/npm-cli.js'),
      join(place, 'node_modules/npm/bin/npm-cli.js'),
      join(place, 'npm'),
    ]),
  ]
  const files = candidates.filter(existsSync).map(path => realpathSync(path))
  return files.find(path => basename(path) === 'npm-cli.js')
}
