import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { broughtChromium } from './brought-chromium.ts'

/** Where systems put a Chromium or a Chrome: a shell without windows first, which takes half the CPU time of a whole browser. */
const installed = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * A headless Chromium: the one that CLAWLINK_CHROMIUM names, else the one of a package (Linux on x64), else one of the
 * system, which is also tried where the package's finds no library that it needs.
 */
export async function startChromium(): Promise<Browser> {
  const named = process.env.CLAWLINK_CHROMIUM
  if (named) return launch(named)
  const system = installed.find(existsSync)
  const brought = await broughtChromium()
  if (!brought) return launch(system)
  return launch(brought).catch(cause => {
    if (!system) throw cause
    return launch(system)
  })
}

function launch(executablePath: string | undefined): Promise<Browser> {
  // Its sandbox needs rights that containers do not give; it shows our own pages only.
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb']
  return chromium.launch({ ...(executablePath && { executablePath }), args })
}
