/** The page of the connections: a newcomer's first one, and everything that can be done about those that are there. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeNotices } from '../../src/calls/output/write-notices.ts'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import type { CliServer } from '../kit/cli.ts'
import { movableClock } from '../kit/movable-clock.ts'
import { rest, type TempHome, tempHome } from '../newcomer/temp-home.ts'
import { openPage } from './kit/open-page.ts'
import { popupOf } from './kit/popup.ts'
import { startChromium } from './kit/start-chromium.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startChromium()
})
afterAll(() => browser.close())

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
const rows = (page: Page) => page.getByRole('list', { name: 'Connections to Sandbox' }).getByRole('listitem')
const rowOf = (page: Page, label: string) =>
  rows(page).filter({ has: page.getByRole('button', { name: `More about ${label}`, exact: true }) })
const keyField = (page: Page) => page.getByRole('textbox', { name: 'API key' })

async function choose(page: Page, label: string, item: string | RegExp) {
  await page.getByRole('button', { name: `More about ${label}`, exact: true }).click()
  await page.getByRole('menuitem', { name: item }).press('Enter')
}

/** Goes through the sandbox's own sign-in in the window that connects, until the window closes itself. */
async function allowIn(popup: Awaited<ReturnType<typeof popupOf>>, account = 0) {
  await heading(popup.page, 'Connect Sandbox')
  await popup.page.getByRole('tab', { name: 'Sandbox account', exact: true }).click()
  await popup.page.getByRole('button', { name: 'Continue' }).click()
  await popup.page.getByRole('radio').nth(account).check()
  await popup.page.getByRole('button', { name: 'Sign in and allow' }).click()
  await popup.closed
  expect(popup.complaints).toEqual([])
}

describe('with a ClawLink that was started for the first time', () => {
  let home: TempHome
  let server: CliServer
  beforeAll(async () => {
    home = tempHome()
    server = await home.start(['--sandbox', '--port', '0', '--sandbox-port', '0'], { from: 'source' })
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
    home[Symbol.dispose]()
  })

  test('one click, a sign-in and a yes connect the first app; then an agent’s call works', async () => {
    await using tab = await openPage(browser, { url: server.url, clock: movableClock(Date.now()) })
    const { page } = tab
    await page.goto(JSON.parse(server.said().stdout).setupUrl)
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('Email').fill('ada@example.com')
    await page.getByLabel('Password').fill('a long enough password')
    await page.getByRole('button', { name: 'Create account' }).click()
    await heading(page, 'You own this ClawLink')
    await tab.visit('/connections')
    await page.getByRole('heading', { name: 'Nothing is connected yet' }).waitFor()

    await allowIn(await popupOf(page, () => page.getByRole('button', { name: 'Connect Sandbox' }).click()))
    await rows(page).getByText('healthy', { exact: true }).waitFor()
    await rows(page)
      .getByText(/Connected by Ada/)
      .waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)

    const { key } = await home.json(['keys', 'create', '--name', 'first agent'])
    const call = await rest(server.url, String(key), '/tools/sandbox_list_projects/calls', { arguments: {} })
    expect(call).toMatchObject({ status: 200, body: { outcome: 'succeeded' } })
  })
})

describe('the connections', () => {
  let claw: TestClawLink
  let session: string
  beforeAll(async () => {
    claw = await startClawLink({ connected: false })
    session = (await openBrowser(claw)).session
  })
  afterAll(() => claw.stop())

  const connections = async () => (await claw.rest('GET', '/connections')).body.items as Record<string, unknown>[] // a list, by the OpenAPI document
  const idOf = async (label: string) => String((await connections()).find(each => each.label === label)?.id)

  test('are followed while a window connects one; it is shown without a reload', async () => {
    await using tab = await openPage(browser, claw, { session })
    const { page } = tab
    await tab.visit('/connections')
    await page.evaluate('window.isSamePage = true')
    await page.getByLabel('Search apps').fill('practice')
    await page.getByRole('link', { name: 'Connect Sandbox' }).click()
    const dialog = page.getByRole('dialog', { name: 'Connect Sandbox' })
    await dialog.getByLabel(/^Live/).check()
    const popup = await popupOf(page, () => dialog.getByRole('button', { name: 'Continue' }).click())
    await page.getByText('Go on in the window that opened.').waitFor()
    await allowIn(popup)
    await rows(page).first().waitFor()
    expect(await page.evaluate('window.isSamePage')).toBe(true)
    expect(new URL(page.url()).search).toBe('')
    expect(await connections()).toHaveLength(1)
  })

  test('stay as they are when the person says no in the window', async () => {
    const before = await connections()
    await using tab = await openPage(browser, claw, { session })
    await tab.visit('/connections?connect=sandbox')
    const dialog = tab.page.getByRole('dialog', { name: 'Connect Sandbox' })
    const popup = await popupOf(tab.page, () => dialog.getByRole('button', { name: 'Continue' }).click())
    await popup.page.getByRole('button', { name: 'Cancel' }).click()
    await tab.page.getByText('Nothing was connected.').waitFor()
    await popup.closed
    expect(await connections()).toEqual(before)
  })

  test('are connected in the same tab where the browser opens no window', async () => {
    await using tab = await openPage(browser, claw, { session })
    await tab.page.addInitScript('window.open = () => null')
    await tab.visit('/connections?connect=sandbox')
    await tab.page.getByLabel(/^Test/).check()
    await tab.page.getByRole('button', { name: 'Continue' }).click()
    await heading(tab.page, 'Connect Sandbox')
    await keyField(tab.page).fill(claw.sandbox.apiKey)
    await tab.page.getByText('More: label, default').click()
    await tab.page.getByRole('textbox', { name: 'Label' }).fill('trial')
    await tab.page.getByRole('button', { name: 'Connect' }).click()
    await heading(tab.page, 'Connected')
    await tab.page.getByRole('link', { name: 'See your connections' }).click()
    await rowOf(tab.page, 'trial').getByText('test', { exact: true }).waitFor()
  })

  test('get another label where it stands, and a default that is said in words', async () => {
    await claw.connect({ label: 'first' })
    await claw.connect({ label: 'second' })
    await using tab = await openPage(browser, claw, { session })
    const { page } = tab
    await tab.visit('/connections')
    await page.getByText('None is the default for live: a live call has to name one.').waitFor()
    await page.getByRole('button', { name: 'Change the label of first' }).click()
    await page.getByRole('textbox', { name: 'Label of first' }).fill('second')
    await page.keyboard.press('Enter')
    await page.getByText('The label is taken').waitFor()
    await page.getByRole('textbox', { name: 'Label of first' }).fill('main')
    await page.keyboard.press('Enter')
    await choose(page, 'main', 'Make default for live')
    await page.getByText('A live call that names no connection takes “main”.').waitFor()
    await rowOf(page, 'main').getByText('default for live').waitFor()
    await choose(page, 'main', 'No default for live')
    await page.getByText('None is the default for live: a live call has to name one.').waitFor()
  })

  test('say why one works no more, and reconnecting it keeps its id, its label and the other ones', async () => {
    const [, account] = claw.sandbox.accounts
    const { id } = await claw.connect({ label: 'to repair', secret: account.apiKey })
    claw.sandbox.revokeKey(account.apiKey)
    await using tab = await openPage(browser, claw, { session })
    const { page } = tab
    await tab.visit('/connections')
    await choose(page, 'to repair', 'Check now')
    const row = rowOf(page, 'to repair')
    await row.getByText('needs reconnecting').waitFor()
    await row.getByText('every call with it is refused').waitFor()
    const others = (await connections()).filter(each => each.id !== id)
    await page.getByRole('link', { name: 'Home', exact: true }).click()
    await page.getByRole('list', { name: 'Connections that need you' }).getByText('to repair').waitFor()
    await page.goBack()

    const popup = await popupOf(page, () => row.getByRole('button', { name: 'Reconnect to repair' }).click())
    await heading(popup.page, 'Reconnect Sandbox')
    await popup.page.getByText('It stays the same connection.').waitFor()
    await popup.page.getByRole('tab', { name: 'Sandbox account', exact: true }).click()
    await popup.page.getByRole('button', { name: 'Continue' }).click()
    await popup.page.getByRole('radio').nth(1).check()
    await popup.page.getByRole('button', { name: 'Sign in and allow' }).click()
    await popup.closed
    await row.getByText('healthy', { exact: true }).waitFor()

    expect(await idOf('to repair')).toBe(id)
    expect((await connections()).filter(each => each.id !== id)).toEqual(others)
    const { body } = await claw.call('sandbox_list_projects', {}, { connection: id })
    expect(body).toMatchObject({ outcome: 'succeeded' })

    const again = await popupOf(page, () => choose(page, 'to repair', 'Reconnect'))
    await again.page.getByRole('tab', { name: 'Sandbox account', exact: true, selected: true }).waitFor()
    await again.page.close()
  })

  test('are not mixed up: reconnecting as somebody else is refused and names both accounts', async () => {
    const [ada, grace] = claw.sandbox.accounts
    const { id } = await claw.connect({ label: 'one of Ada' })
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(`/connections?reconnect=${id}`)
    const dialog = tab.page.getByRole('dialog', { name: /one of Ada/ })
    const popup = await popupOf(tab.page, () => dialog.getByRole('button', { name: 'Reconnect' }).click())
    await popup.page.getByRole('tab', { name: 'Sandbox account', exact: true }).click()
    await popup.page.getByRole('button', { name: 'Continue' }).click()
    await popup.page.getByRole('radio').nth(1).check()
    await popup.page.getByRole('button', { name: 'Sign in and allow' }).click()
    const said = popup.page.getByRole('alert')
    await said.waitFor()
    expect(await said.textContent()).toContain(ada.email)
    expect(await said.textContent()).toContain(grace.email)
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    expect((await connections()).find(each => each.id === id)).toMatchObject({ account: { label: ada.email } })
  })

  test('are deleted after it was said what that affects, and the others stay', async () => {
    const { id } = await claw.connect({ label: 'to delete' })
    await claw.call('sandbox_list_projects', {}, { connection: id })
    const others = (await connections()).filter(each => each.id !== id)
    await using tab = await openPage(browser, claw, { session })
    const { page } = tab
    await tab.visit('/connections')
    await choose(page, 'to delete', 'Delete…')
    const affected = page.getByRole('list', { name: 'What this affects' })
    await affected.getByText('tester').waitFor()
    await affected.getByText('One call went through it in the last 30 days.').waitFor()
    await affected.getByText(/Its credential stays good at Sandbox/).waitFor()
    await page.getByRole('button', { name: 'Delete connection' }).click()
    await page.getByText('“to delete” is deleted.').waitFor()
    await rowOf(page, 'to delete').waitFor({ state: 'detached' })
    expect(await connections()).toEqual(others)
  })

  test('are found by what an app is for; the filter leaves what needs no OAuth app', async () => {
    await using tab = await openPage(browser, claw, { session })
    const { page } = tab
    await tab.visit('/connections')
    const apps = page.getByRole('list', { name: 'Apps', exact: true })
    await page.getByLabel('Search apps').fill('practice INVOICE-less')
    await page.getByText('No app fits.').waitFor()
    await page.getByLabel('Search apps').fill('practice')
    await apps.getByRole('link', { name: 'Connect Sandbox' }).waitFor()
    expect(await apps.getByRole('link').count()).toBe(1)
    await page.getByLabel('Search apps').fill('')
    await page.getByLabel('Needs no OAuth app').check()
    await apps.getByText('needs no OAuth app').first().waitFor()
  })

  test('show themselves without a complaint, a barrier or a way sideways in any look', async () => {
    await using tab = await openPage(browser, claw, { session })
    const { page } = tab
    const check = async (name: string) => expect(await tab.flaws(name)).toEqual([])
    const label = 'kept in every look'
    const { id } = await claw.connect({ label, makeDefault: true })
    const { id: broken } = await claw.connect({ label: 'broken in every look' })
    await claw.app.db.write(tx =>
      tx
        .updateTable('connections')
        .set({ state: 'needs_reauth', state_reason: 'Sandbox refused the key.', state_at: claw.clock.now() })
        .where('id', '=', broken)
        .execute(),
    )
    await noteChanges(claw)
    await tab.visit('/connections')
    await rowOf(page, label).waitFor()
    await rowOf(page, label).getByText('Details').click()
    await page.getByText('1 tool is deprecated: sandbox_list_issues. 1 tool answers differently').click()
    await page.getByText('Goes away on Jun 1, 2027.').waitFor()
    await check('connections')
    await page.getByLabel('Search apps').fill('mail')
    await check('connections-search')
    await choose(page, label, 'Delete…')
    await page.getByRole('list', { name: 'What this affects' }).waitFor()
    await check('connection-delete')
    await tab.visit('/connections?connect=sandbox')
    await page.getByRole('button', { name: 'Continue' }).waitFor()
    await check('connections-choose')
    await tab.visit(`/connections?reconnect=${broken}`)
    await page.getByRole('dialog').getByText('Sandbox refused the key.').waitFor()
    await check('connections-reconnect')
    for (const each of [id, broken]) await claw.rest('DELETE', `/connections/${each}`)
  })
})

test('with nothing connected the first step is there, without a complaint, a barrier or a way sideways in any look', async () => {
  await using claw = await startClawLink({ connected: false })
  const { session } = await openBrowser(claw)
  await using tab = await openPage(browser, claw, { session })
  await tab.visit('/connections')
  await tab.page.getByRole('button', { name: 'Connect Sandbox' }).waitFor()
  expect(await tab.flaws('connections-empty')).toEqual([])
})

/** As when a provider said that one of its tools goes away, and answered by another in another shape. */
function noteChanges({ app, clock }: TestClawLink): Promise<void> {
  const at = { workspaceId: app.workspaceId, count: 1, firstAt: clock.now(), lastAt: clock.now() }
  const leaves = { ...at, tool: 'sandbox_list_issues' }
  return writeNotices(app, [
    { ...leaves, kind: 'deprecation', value: 'true' },
    { ...leaves, kind: 'sunset', value: '2027-06-01T12:00:00.000Z' },
    { ...at, tool: 'sandbox_whoami', kind: 'output_mismatch', value: 'email is missing' },
  ])
}
