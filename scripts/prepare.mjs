import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasDevPackages, isInstalled, recordPath } from './installed.mjs'
import { withLock } from './lock.mjs'
import { npmCi, npmFailed, SetUpError } from './npm.mjs'
import { say, step } from './progress.mjs'
import { broughtNode, runsClawLink } from './right-node.mjs'
import { isWebReady, prepareWeb } from './web.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Makes this clone ready to run: a Node that runs ClawLink, the packages it needs, and the web app where it is wanted.
 * Costs milliseconds when all is there. Says on stderr what it does. Works on Node 20 and later with nothing but the
 * standard library. Throws SetUpError with advice, or Interrupted.
 * @param {{ dev: boolean, web?: boolean }} options whether the development packages are needed too; whether the web app is
 * @returns {Promise<string>} the Node binary to run ClawLink with: `process.execPath` where that one will do
 */
export async function prepare({ dev, web = false }) {
  const brought = runsClawLink(process.versions.node) ? undefined : requireBroughtNode()
  const node = brought?.binary ?? process.execPath
  // Where another Node runs this command again, that one sees to the web app.
  const webHere = web && !brought
  const isReady = () =>
    (brought?.isInstalled() ?? true) && isInstalled(root, { dev }) && (!webHere || isWebReady({ dev }))
  if (isReady()) return node

  const onWait = () => say('waiting for another ClawLink that is setting up this folder')
  return withLock(join(root, '.cache', 'set-up.lock'), { onWait }, async onStart => {
    if (brought && !brought.isInstalled()) {
      await step(`getting Node ${brought.version} (this machine's is ${process.versions.node})`, async () => {
        const words = await npmCi(process.execPath, brought.folder, { dev: false, onStart })
        if (!brought.isInstalled()) throw npmFailed(words)
        if (spawnSync(brought.binary, ['--version']).status === 0) return
        rmSync(recordPath(brought.folder))
        throw unsupported('does not run here')
      })
    }
    // A folder that has development packages keeps them.
    const all = dev || hasDevPackages(root)
    if (!isInstalled(root, { dev: all })) {
      await step(all ? 'installing packages, development ones too' : 'installing packages', async () => {
        const words = await npmCi(node, root, { dev: all, onStart })
        if (!isInstalled(root, { dev: all })) throw npmFailed(words)
      })
    }
    if (webHere) await prepareWeb(node, { dev, onStart })
    return node
  })
}

function requireBroughtNode() {
  const brought = broughtNode(`${process.platform}-${process.arch}`)
  if (!brought) throw unsupported('is not made for this platform')
  return brought
}

/** @param {string} why */
function unsupported(why) {
  return new SetUpError(
    `ClawLink needs Node 24.16 or later (not 25) and this is ${process.versions.node}; the one that it could bring ${why}. Install Node 26 (https://nodejs.org) and run the same command again.`,
  )
}
