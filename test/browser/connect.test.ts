/** The hosted page that connects an app: the ways there are, and every way in which it ends. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { type Person, signUp } from '../kit/person.ts'
import { looks, sizes } from './kit/looks.ts'
import { openPage } from './kit/open-page.ts'
import { startChromium } from './kit/start-chromium.ts'

let claw: TestClawLink
let browser: Browser
let person: Person
let session: string
beforeAll(async () => {
  claw = await startClawLink({ connected: false })
  browser = await startChromium()
  person = await signUp(claw)
  session = person.cookie
})
afterAll(async () => {
  await browser.close()
  await claw.stop()
})

/** A connect link that an agent asks for. */
async function linkOf(wish: { connection?: string; label?: string; scopes?: string[] } = {}, key = claw.key) {
  const { status, body } = await claw.rest('POST', '/connect-sessions', { body: { provider: 'sandbox', ...wish }, key })
  expect(status).toBe(201)
  return { id: String(body.id), path: new URL(String(body.link)).pathname }
}
const stateOf = async (id: string) => (await claw.rest('GET', `/connect-sessions/${id}`)).body
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
const keyField = (page: Page) => page.getByRole('textbox', { name: 'API key' })
const connections = async () => (await claw.rest('GET', '/connections')).body.items

async function allowAtSandbox(page: Page, account = 0) {
  await page.getByRole('radio').nth(account).check()
  await page.getByRole('button', { name: 'Sign in and allow' }).click()
}

describe('a link that an agent asked for', () => {
  test('shows a stranger the sign-in first; after that and a yes at the provider the agent’s call works', async () => {
    const { id, path } = await linkOf({ label: 'by OAuth' })
    await using tab = await openPage(browser, claw)
    const { page } = tab
    await tab.visit(path)
    await heading(page, 'Sign in')
    expect(await page.content()).not.toContain('tester')
    await page.getByLabel('Email').fill(person.email)
    await page.getByLabel('Password').fill(person.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading(page, 'Connect Sandbox')
    expect(new URL(page.url()).pathname).toBe(path)
    const asked = page.getByRole('region', { name: 'What is asked for' })
    await asked.getByText('“tester”').waitFor()
    await asked.getByText('“by OAuth”').waitFor()
    expect(await stateOf(id)).toMatchObject({ state: 'awaiting_user', connection: null })

    await page.getByRole('tab', { name: 'Sandbox account', exact: true }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await allowAtSandbox(page)
    await heading(page, 'Connected')
    expect(new URL(page.url()).pathname).toBe(path)
    expect(new URL(page.url()).search).toBe('')
    await page.getByText('You can close this window.').waitFor()

    const { state, connection } = await stateOf(id)
    expect(state).toBe('connected')
    expect(connection).toMatchObject({ label: 'by OAuth', provider: 'sandbox', state: 'healthy', auth: 'oauth2' })
    const { body } = await claw.call('sandbox_list_projects', {}, { connection: Object(connection).id })
    expect(body).toMatchObject({ outcome: 'succeeded' })
  })

  test('is denied: nothing is connected, and the agent is told', async () => {
    const before = await connections()
    const { id, path } = await linkOf()
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(path)
    await tab.page.getByRole('button', { name: 'Deny' }).click()
    await heading(tab.page, 'Not connected')
    await tab.page.getByText('“tester” is told that you said no.').waitFor()
    expect(await stateOf(id)).toMatchObject({ state: 'denied' })
    expect(await connections()).toEqual(before)
    await tab.visit(path)
    await heading(tab.page, 'Not connected')
  })

  test('a no at the provider leaves it open: the page says so, and another try works', async () => {
    const { id, path } = await linkOf({ label: 'second try' })
    await using tab = await openPage(browser, claw, { session })
    const { page } = tab
    await tab.visit(path)
    await page.getByRole('tab', { name: 'Sandbox account', exact: true }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.getByText('The last try did not work.').waitFor()
    expect(await stateOf(id)).toMatchObject({ state: 'awaiting_user', problem: { code: expect.any(String) } })
    await page.getByRole('tab', { name: 'Sandbox account', exact: true }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await allowAtSandbox(page)
    await heading(page, 'Connected')
  })

  test('works in the browser that opened it first, and in no other one', async () => {
    const { path } = await linkOf()
    await using first = await openPage(browser, claw, { session })
    await first.visit(path)
    await heading(first.page, 'Connect Sandbox')
    const grace = await openBrowser(claw, { name: 'Grace' })
    await using second = await openPage(browser, claw, { session: grace.session })
    await second.visit(path)
    await heading(second.page, 'Used from another browser')
    expect(await second.page.getByRole('button', { name: /Connect|Deny/ }).count()).toBe(0)
  })

  test('that is half an hour old says that it is too late', async () => {
    const { path } = await linkOf()
    claw.clock.move(31 * 60_000)
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(path)
    await heading(tab.page, 'Too late')
  })

  test('that is nobody’s leads nowhere', async () => {
    await using tab = await openPage(browser, claw, { session })
    await tab.visit('/connect/csess_00000000000000000000000000')
    await heading(tab.page, 'This link leads nowhere')
  })
})

describe('a key that is pasted in', () => {
  test('is tried first: a wrong one is told at its field and stored nowhere, a right one connects', async () => {
    const { id, path } = await linkOf({ label: 'by key' })
    const [account] = claw.sandbox.accounts
    await using tab = await openPage(browser, claw, { session })
    const { page } = tab
    await tab.visit(path)
    const field = keyField(page)
    expect(await field.getAttribute('type')).toBe('password')
    expect(await field.getAttribute('autocomplete')).toBe('off')

    await field.fill('sbx_wrong_but_planted')
    await page.getByRole('button', { name: 'Connect' }).click()
    await page.getByText('API key was refused by the provider').waitFor()
    expect(await field.inputValue()).toBe('')
    expect(await field.evaluate(input => input === input.ownerDocument.activeElement)).toBe(true)
    expect(await page.content()).not.toContain('sbx_wrong_but_planted')
    expect(await stateOf(id)).toMatchObject({ state: 'awaiting_user' })

    await field.fill(claw.sandbox.apiKey)
    await page.getByText('More: label, default').click()
    await page.getByLabel('Make it the default for live').check()
    await page.getByRole('button', { name: 'Connect' }).click()
    await heading(page, 'Connected')
    await page.getByText(`Sandbox is connected as ${account.email}.`).waitFor()
    expect(await page.content()).not.toContain(claw.sandbox.apiKey)
    expect(page.url()).not.toContain(claw.sandbox.apiKey)
    expect(await stateOf(id)).toMatchObject({ connection: { label: 'by key', isDefault: true } })
  })

  test('under a label that is taken is told so where the label is', async () => {
    const { path } = await linkOf({ label: 'by key' })
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(path)
    await keyField(tab.page).fill(claw.sandbox.apiKey)
    await tab.page.getByRole('button', { name: 'Connect' }).click()
    await tab.page.getByText('Label is taken').waitFor()
    await tab.page.getByRole('textbox', { name: 'Label' }).fill('by key, again')
    await keyField(tab.page).fill(claw.sandbox.apiKey)
    await tab.page.getByRole('button', { name: 'Connect' }).click()
    await heading(tab.page, 'Connected')
  })
})

test('a code is shown large, typed at the provider, and connects', async () => {
  const { id, path } = await linkOf({ label: 'by code' })
  await using tab = await openPage(browser, claw, { session })
  const { page } = tab
  await tab.visit(path)
  await page.getByRole('tab', { name: 'Code on another device' }).click()
  await page.getByRole('button', { name: 'Get a code' }).click()
  const code = (await page.getByLabel('The code', { exact: true }).textContent()) ?? ''
  expect(code).toMatch(/^[\w-]{6,}$/)
  const [there] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Open Sandbox' }).click(),
  ])
  const box = there.getByLabel('Code that the device shows')
  const allow = there.getByRole('button', { name: 'Sign in and allow' })
  await box.or(allow).first().waitFor()
  if (await box.isVisible()) {
    await box.fill(code)
    await there.getByRole('button', { name: 'Go on' }).click()
  }
  await allow.click()
  await there.waitForLoadState('networkidle')
  // The server asks the provider no faster than it was told to, by its own clock.
  claw.clock.move(10_000)
  await heading(page, 'Connected')
  expect(await stateOf(id)).toMatchObject({ state: 'connected', connection: { label: 'by code' } })
})

test('every way shows itself without a complaint, a barrier or a way sideways in any look, both answers in sight', async () => {
  const key = await claw.newKey({ agent: 'An agent with a name that is about as long as one can be, and wraps' })
  const { path } = await linkOf({ label: 'nightly report', scopes: ['mail'] }, key)
  await using tab = await openPage(browser, claw, { session })
  await tab.visit(path)
  await heading(tab.page, 'Connect Sandbox')
  for (const way of await tab.page.getByRole('tab').all()) {
    await way.click()
    expect(await tab.flaws(`connect by ${await way.textContent()}`)).toEqual([])
  }
  await tab.page.getByRole('tab', { name: 'API key' }).click()
  // The panel of the tab before is there for a moment more.
  const panel = tab.page.getByRole('tabpanel', { name: 'API key' })
  for (const look of looks) {
    await tab.appear(look)
    for (const name of ['Deny', 'Connect']) {
      const { y = 0, height = 0 } = (await panel.getByRole('button', { name, exact: true }).boundingBox()) ?? {}
      expect(y + height).toBeGreaterThan(0)
      expect(y + height).toBeLessThanOrEqual(sizes[look.size].height)
    }
  }
  await keyField(tab.page).fill('wrong')
  await tab.page.getByRole('button', { name: 'Connect' }).click()
  await tab.page.getByText('API key was refused by the provider').waitFor()
  expect(await tab.flaws('connect-refused')).toEqual([])
  await keyField(tab.page).fill(claw.sandbox.apiKey)
  await tab.page.getByText('More: label, default').click()
  await tab.page.getByRole('textbox', { name: 'Label' }).fill('seen in every look')
  expect(await tab.flaws('connect-unfolded')).toEqual([])
  await tab.page.getByRole('button', { name: 'Connect' }).click()
  await heading(tab.page, 'Connected')
  expect(await tab.flaws('connect-done')).toEqual([])
})
