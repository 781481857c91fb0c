import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { TestClawLink } from '../../kit/clawlink.ts'
import { findBarriers } from './find-barriers.ts'
import { noteComplaints } from './note-complaints.ts'

/** Widths at which every page has to work. */
export const sizes = { wide: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } }

export type OpenOptions = {
  /** Who is signed in: the session cookie as `openBrowser` gives it. Nobody unless said. */
  session?: string
  theme?: 'light' | 'dark'
  size?: keyof typeof sizes
}

/** A tab of a browser of its own, with the web app in it. */
export type OpenedPage = {
  page: Page
  /** Goes to a path and waits until nothing is on its way any more. */
  visit(path: string): Promise<void>
  /** What keeps people from using what is shown now (WCAG 2.2 A and AA, by axe): none, when all is well. */
  barriers(): Promise<string[]>
  /** Whether the page is wider than the screen. */
  scrollsSideways(): Promise<boolean>
  /** Keeps a picture in test/browser/screenshots, to be looked at, where CLAWLINK_TEST_SCREENSHOTS is set: each takes its time. */
  screenshot(name: string): Promise<void>
  /** Closes the tab. Throws what the browser complained about: errors, refused by policy, failed requests. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens a tab on a running ClawLink, whose clock it shares. */
export async function openPage(
  browser: Browser,
  claw: Pick<TestClawLink, 'url' | 'clock'>,
  { session, theme = 'light', size = 'wide' }: OpenOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ baseURL: claw.url, colorScheme: theme, viewport: sizes[size] })
  if (session !== undefined) await signIn(context, claw.url, session)
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  await page.clock.setFixedTime(claw.clock.now())
  const complaints = noteComplaints(page)
  return {
    page,
    async visit(path) {
      await page.goto(path)
      await page.waitForLoadState('networkidle')
    },
    barriers: () => findBarriers(page),
    scrollsSideways: () => page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth'),
    async screenshot(name) {
      if (!process.env.CLAWLINK_TEST_SCREENSHOTS) return
      const path = fileURLToPath(new URL(`../screenshots/${name}-${theme}-${size}.png`, import.meta.url))
      await page.screenshot({ path, fullPage: true })
    },
    async [Symbol.asyncDispose]() {
      await context.close()
      if (complaints.length > 0) throw new Error(`The browser complained:\n${complaints.join('\n')}`)
    },
  }
}

async function signIn(context: BrowserContext, url: string, session: string): Promise<void> {
  const [name = '', value = ''] = session.split('=')
  await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }])
}
