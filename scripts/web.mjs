import { fileURLToPath } from 'node:url'
import { isInstalled } from './installed.mjs'
import { Interrupted, npmCi, npmFailed, SetUpError } from './npm.mjs'
import { say, step } from './progress.mjs'
import { buildWeb, isBuilt } from './web-build.mjs'

const web = fileURLToPath(new URL('../web', import.meta.url))

/**
 * Whether nothing is left to do for the web app. Costs milliseconds.
 * @param {{ dev: boolean }} options whether its packages are needed too, as for checking its types
 */
export function isWebReady({ dev }) {
  return isBuilt(web) && (!dev || isInstalled(web, { dev: true }))
}

/**
 * Makes the web app ready: its packages where they are needed, and web/dist where it is out of date. Says on stderr what
 * takes time, and what failed: ClawLink works without its web app. Throws only Interrupted.
 * @param {string} node the binary to build with
 * @param {{ dev: boolean, onStart(pid: number): void }} options as for `isWebReady`; who is told the id of what is started
 */
export async function prepareWeb(node, { dev, onStart }) {
  try {
    if (!isWebReady({ dev }) && !isInstalled(web, { dev: true })) {
      await step('installing packages of the web app', async () => {
        const words = await npmCi(node, web, { dev: true, onStart })
        if (!isInstalled(web, { dev: true })) throw npmFailed(words)
      })
    }
    if (!isBuilt(web)) await step('building the web app', () => buildWeb(node, web, { onStart }))
  } catch (error) {
    if (error instanceof Interrupted) throw error
    if (error instanceof SetUpError) for (const line of error.words) process.stderr.write(`${line}\n`)
    say(`the web app is not up to date: ${error instanceof Error ? error.message : error}`)
    say('everything else works without it')
  }
}
