import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { looks } from './kit/looks.ts'
import { openPage } from './kit/open-page.ts'
import { startChromium } from './kit/start-chromium.ts'

let claw: TestClawLink
let browser: Browser
let session: string

beforeAll(async () => {
  claw = await startClawLink()
  browser = await startChromium()
  session = (await openBrowser(claw)).session
})
afterAll(async () => {
  await browser.close()
  await claw.stop()
})

describe.each(looks)('in $theme, $size', look => {
  test('a stranger is asked to sign in', async () => {
    await using tab = await openPage(browser, claw, look)
    await tab.visit('/members')
    await tab.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(new URL(tab.page.url()).pathname).toBe('/sign-in')
    expect(await tab.barriers()).toEqual([])
    expect(await tab.scrollsSideways()).toBe(false)
    await tab.screenshot('sign-in')
  })

  test.each([
    ['home', '/', 'Hello, Ada'],
    ['members', '/members', 'Members'],
    ['settings', '/settings', 'Settings'],
  ])('%s shows itself to a member without a complaint, a barrier or a way sideways', async (name, path, heading) => {
    await using tab = await openPage(browser, claw, { ...look, session })
    await tab.visit(path)
    await tab.page.getByRole('heading', { name: heading, level: 1 }).waitFor()
    expect(await tab.barriers()).toEqual([])
    expect(await tab.scrollsSideways()).toBe(false)
    await tab.screenshot(name)
  })
})
