import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { TestClawLink } from '../../kit/clawlink.ts'
import { findBarriers } from './find-barriers.ts'
import { type Look, looks, sizes } from './looks.ts'
import { noteComplaints } from './note-complaints.ts'
import { watchTraffic } from './watch-traffic.ts'

export type OpenOptions = Partial<Look> & {
  /** Who is signed in: the session cookie as `openBrowser` gives it. Nobody unless said. */
  session?: string
}

/** A tab of a browser of its own, with the web app in it. */
export type OpenedPage = {
  page: Page
  /** Goes to a path and waits until the page is complete: nothing is on its way any more. */
  visit(path: string): Promise<void>
  /** Shows the same page in another theme and size. */
  appear(look: Look): Promise<void>
  /** What is wrong with what is shown now, in any of the looks: barriers, a way sideways. Keeps pictures of that name. */
  flaws(name: string): Promise<string[]>
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
  const complete = watchTraffic(page)
  let shown: Look = { theme, size }
  const tab = {
    page,
    async visit(path: string) {
      await page.goto(path)
      await complete()
    },
    async appear(look: Look) {
      shown = look
      await page.emulateMedia({ colorScheme: look.theme })
      await page.setViewportSize(sizes[look.size])
    },
    barriers: () => findBarriers(page),
    scrollsSideways: () => page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth'),
    async screenshot(name: string) {
      if (!process.env.CLAWLINK_TEST_SCREENSHOTS) return
      const file = `../screenshots/${name}-${shown.theme}-${shown.size}.png`
      await page.screenshot({ path: fileURLToPath(new URL(file, import.meta.url)), fullPage: true })
    },
    async flaws(name: string) {
      const found: string[] = []
      const before = shown
      for (const look of looks) {
        await tab.appear(look)
        const where = `${name} in ${look.theme}, ${look.size}`
        found.push(...(await tab.barriers()).map(barrier => `${where}: ${barrier}`))
        if (await tab.scrollsSideways()) found.push(`${where} scrolls sideways`)
        await tab.screenshot(name)
      }
      await tab.appear(before)
      return found
    },
    async [Symbol.asyncDispose]() {
      await context.close()
      if (complaints.length > 0) throw new Error(`The browser complained:\n${complaints.join('\n')}`)
    },
  }
  return tab
}

async function signIn(context: BrowserContext, url: string, session: string): Promise<void> {
  const [name = '', value = ''] = session.split('=')
  await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }])
}
