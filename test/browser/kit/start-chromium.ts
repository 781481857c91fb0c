import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where systems put a Chromium or a Chrome. */
const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** A headless Chromium: the one that CLAWLINK_CHROMIUM names, else one of the system, else the one of a package (Linux). */
export async function startChromium(): Promise<Browser> {
  const named = process.env.CLAWLINK_CHROMIUM
  const executablePath = named || installed.find(existsSync)
  // Its sandbox needs rights that containers do not give; it shows our own pages only.
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb']
  if (executablePath) return chromium.launch({ executablePath, args })
  const brought = await import('@sparticuz/chromium').then(module => module.default)
  // In a single process it ends with the first tab that is closed.
  const its = brought.args.filter(arg => arg !== '--single-process')
  return chromium.launch({ executablePath: await brought.executablePath(), args: [...its, ...args] })
}
