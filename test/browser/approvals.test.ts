import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { park, refund } from '../kit/parked.ts'
import { openPage } from './kit/open-page.ts'
import { startChromium } from './kit/start-chromium.ts'

let claw: TestClawLink
let browser: Browser
let session: string

beforeAll(async () => {
  claw = await startClawLink({ policy: 'standard' })
  browser = await startChromium()
  session = (await openBrowser(claw)).session
})
afterAll(async () => {
  await browser.close()
  await claw.stop()
})

/** A destructive call that an agent makes, and that waits now. */
async function parkedCall(amount: number, why = 'The customer was charged twice.') {
  const { callId, link } = await park(claw, { ...refund, arguments: { ...refund.arguments, amount }, why })
  return { callId, path: new URL(link).pathname }
}

const refundsAtProvider = () => claw.sandbox.takeRequests().filter(({ method }) => method === 'POST').length

async function seeEnd(page: Page, text: RegExp) {
  await page.getByText(text).waitFor()
}

describe('a destructive call', () => {
  test('waits, is seen with the exact request, is approved, and is sent exactly once; the agent gets its answer', async () => {
    claw.sandbox.takeRequests()
    const { callId, path } = await parkedCall(101)
    expect(refundsAtProvider()).toBe(0)

    await using tab = await openPage(browser, claw, { session })
    await tab.visit('/')
    await tab.page
      .getByRole('link', { name: /Approvals/ })
      .first()
      .click()
    await tab.page
      .getByRole('link', { name: /sandbox_refund_payment/ })
      .first()
      .click()
    await tab.page.getByText('The customer was charged twice.').waitFor()
    expect(new URL(tab.page.url()).pathname).toBe(path)
    expect(await tab.page.getByLabel('Body').textContent()).toContain('101')
    expect(await tab.page.content()).not.toContain(claw.sandbox.apiKey)
    await tab.page.getByRole('button', { name: 'Approve' }).click()
    await seeEnd(tab.page, /It was sent and succeeded/)

    expect(refundsAtProvider()).toBe(1)
    const { body } = await claw.rest('GET', `/calls/${callId}?wait=10`)
    expect(body).toMatchObject({ state: 'ended', answer: { outcome: 'succeeded' } })
  })

  test('is denied with a word that the agent gets, and is never sent', async () => {
    const { callId, path } = await parkedCall(102)
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(path)
    await tab.page.getByLabel(/^Deny/).fill('Ask the customer first.')
    await tab.page.getByRole('button', { name: 'Deny' }).click()
    await seeEnd(tab.page, /Denied by Ada/)
    const { body } = await claw.rest('GET', `/calls/${callId}`)
    expect(body).toMatchObject({ state: 'ended', problem: { code: 'approval_denied' } })
    expect(JSON.stringify(body.problem)).toContain('Ask the customer first.')
    expect(refundsAtProvider()).toBe(0)
  })

  test('that was decided is found among all, and the way back leads there again', async () => {
    await using tab = await openPage(browser, claw, { session })
    const { page } = tab
    await tab.visit('/approvals')
    await page.getByRole('tab', { name: 'All' }).click()
    const denied = page.getByRole('listitem').filter({ hasText: 'Denied' }).first()
    await denied.getByRole('link').click()
    await seeEnd(page, /Denied by Ada/)
    await page.goBack()
    await denied.waitFor()
  })

  test('is decided once: the page of the second member says who was faster', async () => {
    const { path } = await parkedCall(103)
    const other = await openBrowser(claw, { name: 'Grace' })
    await using first = await openPage(browser, claw, { session })
    await using second = await openPage(browser, claw, { session: other.session })
    await first.visit(path)
    await second.visit(path)
    await first.page.getByRole('button', { name: 'Deny' }).click()
    await seeEnd(first.page, /Denied by Ada/)
    await second.page.getByRole('button', { name: 'Approve' }).click()
    await seeEnd(second.page, /Denied by Ada/)
    expect(refundsAtProvider()).toBe(0)
  })

  test('that nobody decides in time is not made, and its page says so', async () => {
    const { path } = await parkedCall(104)
    claw.clock.move(25 * 60 * 60_000)
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(path)
    await seeEnd(tab.page, /Nobody decided in time/)
    expect(await tab.page.getByRole('button', { name: 'Approve' }).count()).toBe(0)
  })
})

test('approvals, policy and audit show themselves without a complaint, a barrier or a way sideways in any look', async () => {
  const { path } = await parkedCall(200)
  const ada = await openBrowser(claw)
  const [agent] = (await ada.rest('GET', '/agents')).body.items as { id: string }[] // as the OpenAPI document says
  const name = 'build-server.eu-central-1.internal.'.padEnd(80, 'x')
  expect(await ada.rest('PATCH', `/agents/${agent?.id}`, { name })).toMatchObject({ status: 200 })
  await using tab = await openPage(browser, claw, { session })
  for (const [picture, at, heading] of [
    ['approvals', '/approvals', 'Approvals'],
    ['approval', path, `A call of ${name}`],
    ['approval-gone', '/approvals/appr_none', 'A call'],
    ['policy', '/policy', 'Policy'],
    ['audit', '/audit', 'Audit'],
  ] as const) {
    await tab.visit(at)
    await tab.page.getByRole('heading', { name: heading, level: 1, exact: true }).waitFor()
    expect(await tab.flaws(picture)).toEqual([])
  }
})

test('a dry run of the policy whose arguments cannot be read says so, and nothing of the one before', async () => {
  await using tab = await openPage(browser, claw, { session })
  await tab.visit('/policy')
  const { page } = tab
  const explain = page.getByRole('button', { name: 'Explain' })
  await page.getByLabel('Tool').fill('sandbox_whoami')
  await explain.click()
  await page.getByText(/reading is allowed/).waitFor()
  await page.getByLabel('Arguments').fill('{"id":')
  await explain.click()
  await page.getByText('must be a JSON object').waitFor()
  expect(await page.getByText(/reading is allowed/).count()).toBe(0)
})

test('a plain member sees the rules, and no way to change them', async () => {
  const plain = await openBrowser(claw, { name: 'Bea', role: 'member' })
  await using tab = await openPage(browser, claw, { session: plain.session })
  await tab.visit('/policy')
  await tab.page.getByText('An owner or admin can add one.').waitFor()
  expect(await tab.page.getByRole('button', { name: 'Add a rule' }).count()).toBe(0)
})

test('a rule that is refused shows what is wrong where the person is taken to, however long its form is', async () => {
  await using tab = await openPage(browser, claw, { session })
  await tab.visit('/policy')
  const { page } = tab
  await page.getByRole('button', { name: 'Add a rule' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('No flying')
  await dialog.getByLabel('Tools').fill('sandbox_fly')
  await dialog.getByRole('button', { name: 'Add rule' }).click()
  await dialog.getByText('Tools fits no tool: sandbox_fly').waitFor()
  await expect.poll(() => page.evaluate<string>('document.activeElement.value')).toBe('sandbox_fly')
  await dialog.getByLabel('Tools').fill('')
  await dialog.getByRole('button', { name: 'Add a condition' }).click()
  await dialog.getByRole('button', { name: 'Add rule' }).click()
  const reason = dialog.getByText(/must be a path/)
  await reason.waitFor()
  await expect
    .poll(async () => (await reason.boundingBox())?.y)
    .toBeGreaterThan((await dialog.boundingBox())?.y ?? Infinity)
})
