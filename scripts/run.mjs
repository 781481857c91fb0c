import { spawn } from 'node:child_process'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { Interrupted, SetUpError } from './npm.mjs'
import { prepare } from './prepare.mjs'
import { environmentWith } from './right-node.mjs'

const root = new URL('../', import.meta.url)

/**
 * Prepares this clone, then runs one of our TypeScript files in this process; or, where this Node does not run ClawLink,
 * runs this same command under the Node that does, passes signals on to it and ends as it ends. The file does its work
 * when imported and finds `args` in `process.argv` from the third on.
 * @param {string} file path below the root of the repository
 * @param {string[]} args
 * @param {{ dev: boolean, web?: boolean }} options whether the file needs development packages, and the web app
 */
export async function run(file, args, { dev, web = false }) {
  const node = await prepare({ dev, web }).catch(giveUp)
  if (node === undefined) return
  if (node !== process.execPath) return runAgainUnder(node)
  const path = fileURLToPath(new URL(file, root))
  process.argv = [process.execPath, path, ...args]
  module.enableCompileCache(fileURLToPath(new URL('.cache/compiled', root)))
  await import(new URL(file, root).href)
}

/** @param {unknown} error */
function giveUp(error) {
  process.exitCode = 1
  if (error instanceof Interrupted) process.kill(process.pid, error.signal)
  else if (error instanceof SetUpError) console.error([...error.words, `clawlink: ${error.message}`].join('\n'))
  else if (error instanceof Error && 'syscall' in error) console.error(`clawlink: set-up failed: ${error.message}`)
  else throw error
}

/** @param {string} node */
function runAgainUnder(node) {
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: environmentWith(node),
  })
  /** @param {NodeJS.Signals} signal */
  const forward = signal => void child.kill(signal)
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
  for (const signal of signals) process.on(signal, forward)
  child.on('exit', (code, signal) => {
    for (const each of signals) process.off(each, forward)
    if (signal) process.kill(process.pid, signal)
    else process.exitCode = code ?? 1
  })
}
