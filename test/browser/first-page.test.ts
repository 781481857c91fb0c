import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
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

test('a stranger is asked to sign in', async () => {
  await using tab = await openPage(browser, claw)
  await tab.visit('/members')
  await tab.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(new URL(tab.page.url()).pathname).toBe('/sign-in')
  expect(await tab.flaws('sign-in')).toEqual([])
})

test('whoever signs in at one tab is let in by the others that ask for it', async () => {
  const grace = await openBrowser(claw, { name: 'Grace' })
  await using tab = await openPage(browser, claw)
  const { page } = tab
  await tab.visit('/members')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  const [name = '', value = ''] = grace.session.split('=')
  await page.context().addCookies([{ name, value, url: claw.url }])
  await page.evaluate(`window.dispatchEvent(new Event('visibilitychange'))`)
  await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor()
  await tab.visit('/sign-in')
  await page.getByRole('heading', { name: 'Hello, Grace', level: 1 }).waitFor()
})

test('pages show themselves to a member without a complaint, a barrier or a way sideways in any look', async () => {
  await using tab = await openPage(browser, claw, { session })
  for (const [name, path, heading] of [
    ['home', '/', 'Hello, Ada'],
    ['members', '/members', 'Members'],
    ['settings', '/settings', 'Settings'],
  ] as const) {
    await tab.visit(path)
    await tab.page.getByRole('heading', { name: heading, level: 1 }).waitFor()
    expect(await tab.flaws(name)).toEqual([])
  }
})

test('a page opens in the theme of the system and as wide as the screen, without a complaint', async () => {
  await using tab = await openPage(browser, claw, { session, theme: 'dark', size: 'phone' })
  await tab.visit('/')
  await tab.page.getByRole('heading', { name: 'Hello, Ada', level: 1 }).waitFor()
  expect(await tab.barriers()).toEqual([])
  expect(await tab.scrollsSideways()).toBe(false)
})

test('an inline script does not run, and its page complains', async () => {
  const tab = await openPage(browser, claw)
  await tab.visit('/sign-in')
  const script = `Object.assign(document.createElement('script'), { textContent: 'window.hasRun = true' })`
  await tab.page.evaluate(`document.head.append(${script})`)
  expect(await tab.page.evaluate('window.hasRun')).toBeUndefined()
  await expect(tab[Symbol.asyncDispose]()).rejects.toThrow('Content Security Policy')
})

test('a chosen theme is there before the first paint of the next visit', async () => {
  await using tab = await openPage(browser, claw, { session, theme: 'light' })
  await tab.visit('/')
  await tab.page.getByRole('button', { name: 'You: Ada' }).click()
  await tab.page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await tab.page.goto('/', { waitUntil: 'commit' })
  await tab.page.waitForSelector('body', { state: 'attached' })
  expect(await tab.page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
})

test('a browser that has gone offline still reads and writes: ClawLink may be on the same machine', async () => {
  await using tab = await openPage(browser, claw, { session })
  const { page } = tab
  await tab.visit('/settings')
  await page.evaluate(`window.dispatchEvent(new Event('offline'))`)
  await page.getByRole('button', { name: 'Save name' }).click()
  await page.getByText('Saved.').waitFor()
  await page.getByRole('link', { name: 'Members' }).click()
  await page.getByRole('list', { name: 'Members' }).getByText('Ada').waitFor()
})

test('approvals that cannot be read are told as that, not as none', async () => {
  await using tab = await openPage(browser, claw, { session })
  await tab.page.route('**/api/v1/approvals*', route => route.fulfill({ status: 403 }))
  await tab.visit('/')
  await tab.page.getByText('The server answered with 403 and no reason.').waitFor()
  expect(await tab.page.getByText('Nothing waits').count()).toBe(0)
})

test('menus and dialogs work by keyboard alone, and give the focus back', async () => {
  await using tab = await openPage(browser, claw, { session })
  await tab.visit('/members')
  const { page } = tab
  await page.getByRole('button', { name: 'Workspace:' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menu').waitFor()
  expect(await tab.barriers()).toEqual([])
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'New workspace' }).waitFor()
  expect(await tab.barriers()).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  await page.getByRole('button', { name: 'Invite' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: /^Invite to/ }).waitFor()
  expect(await tab.barriers()).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Invite')
})
