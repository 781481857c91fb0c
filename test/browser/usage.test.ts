import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../src/core/ids.ts'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { park } from '../kit/parked.ts'
import { usageRow } from '../kit/usage-row.ts'
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

/** For as long as a page may take on a busy machine. */
const soon = <T>(see: () => T) => expect.poll(see, { timeout: 15_000 })

const calls = (page: Page) => page.getByRole('row').filter({ has: page.getByRole('link') })
const tools = (page: Page) => calls(page).getByRole('link').allTextContents()
const figure = (page: Page, term: string) =>
  page.getByRole('region', { name: 'Summary' }).getByText(term, { exact: true }).locator('..').getByRole('definition')
const queryOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)

test('before the first call, the page leads to it', async () => {
  await using empty = await startClawLink({ connected: false })
  const ada = await openBrowser(empty)
  await using tab = await openPage(browser, empty, { session: ada.session })
  await tab.visit('/usage')
  await tab.page.getByRole('link', { name: 'Connect an app' }).waitFor()
  await empty.connect()
  await tab.visit('/usage')
  await tab.page.getByText('All is ready.').waitFor()
})

describe('the calls', () => {
  test('stand there newest first, with what they come to above', async () => {
    await using own = await startClawLink()
    await own.call('sandbox_whoami')
    own.clock.move(1000)
    await own.call('sandbox_nothing')
    const ada = await openBrowser(own)
    await using tab = await openPage(browser, own, { session: ada.session })
    await tab.visit('/')
    await tab.page.getByRole('link', { name: 'Usage' }).click()
    await soon(() => tools(tab.page)).toEqual(['sandbox_nothing', 'sandbox_whoami'])
    const [nothing, whoami] = await calls(tab.page).allInnerTexts()
    expect(nothing).toMatch(/just now.*no such tool.*tester.*none.*failed.*tool_not_found/s)
    expect(whoami).toMatch(/just now.*Sandbox.*read.*tester.*succeeded/s)
    expect(await figure(tab.page, 'Calls').innerText()).toBe('2')
    expect(await figure(tab.page, 'Succeeded').innerText()).toMatch(/^50 %\s+1 failed$/)
  })

  test('are narrowed by filters that stand in the address, survive a reload, and go away by the way back', async () => {
    await using own = await startClawLink()
    await own.call('sandbox_whoami')
    await own.rest('POST', '/tools/sandbox_list_folders/calls', { key: await own.newKey({ agent: 'other' }), body: {} })
    await own.call('sandbox_nothing')
    const ada = await openBrowser(own)
    await using tab = await openPage(browser, own, { session: ada.session })
    const { page } = tab
    await tab.visit('/usage')
    await page.getByLabel('Agent').selectOption({ label: 'tester' })
    await soon(() => tools(page)).toEqual(['sandbox_nothing', 'sandbox_whoami'])
    await page.getByLabel('Outcome').selectOption('failed')
    await soon(() => tools(page)).toEqual(['sandbox_nothing'])
    expect(await figure(page, 'Calls').innerText()).toBe('1')
    expect(queryOf(page)).toEqual({ agent: expect.stringMatching(/^agt_/), outcome: 'failed' })

    await page.reload()
    await soon(() => tools(page)).toEqual(['sandbox_nothing'])
    expect(await page.getByLabel('Outcome').inputValue()).toBe('failed')
    await page.goBack()
    await soon(() => tools(page)).toEqual(['sandbox_nothing', 'sandbox_whoami'])
    expect(await page.getByLabel('Outcome').inputValue()).toBe('')
    await page.getByRole('link', { name: 'Clear filters' }).click()
    await soon(() => tools(page)).toHaveLength(3)

    await page.getByLabel('Tool').fill('sandbox_list_folders')
    await page.getByLabel('Tool').press('Enter')
    await soon(() => tools(page)).toEqual(['sandbox_list_folders'])
    await page.getByLabel('Environment').selectOption('test')
    await page.getByText('No call fits').waitFor()
    await page.getByRole('link', { name: 'Show all calls' }).click()
    await soon(() => tools(page)).toHaveLength(3)
  })

  test('are narrowed to a time: a range that ends now, or between two', async () => {
    await using own = await startClawLink()
    await own.call('sandbox_whoami')
    own.clock.move(3 * 3_600_000)
    await own.call('sandbox_list_folders')
    const ada = await openBrowser(own)
    await using tab = await openPage(browser, own, { session: ada.session })
    const { page } = tab
    await tab.visit('/usage')
    await page.getByLabel('Time').selectOption('hour')
    await soon(() => tools(page)).toEqual(['sandbox_list_folders'])
    await page.getByLabel('Time').selectOption('between')
    await soon(() => tools(page)).toHaveLength(2)
    const until = await page.evaluate<string>(
      `new Date(${own.clock.now() - 3_600_000} - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16)`,
    )
    await page.getByLabel('Until').fill(until)
    await soon(() => tools(page)).toEqual(['sandbox_whoami'])
    expect(queryOf(page)).toMatchObject({ since: expect.any(String), until: expect.any(String) })
  })

  test('come in pages: older and older, back by the way back, and newest at once', async () => {
    await using own = await startClawLink()
    const at = own.clock.now()
    await own.app.db.write(async tx => {
      const rows = Array.from({ length: 120 }, (_, index) =>
        usageRow({
          call_id: newId('call', at + index),
          workspace_id: own.app.workspaceId,
          started_at: at + index,
          tool: `sandbox_tool_${index}`,
        }),
      )
      await tx.insertInto('usage').values(rows).execute()
    })
    const ada = await openBrowser(own)
    await using tab = await openPage(browser, own, { session: ada.session })
    const { page } = tab
    const first = async () => (await tools(page))[0]
    await tab.visit('/usage')
    await soon(first).toBe('sandbox_tool_119')
    expect(await page.getByRole('link', { name: 'Newest' }).count()).toBe(0)
    await page.getByRole('link', { name: 'Older' }).click()
    await soon(first).toBe('sandbox_tool_69')
    await page.getByRole('link', { name: 'Older' }).click()
    await soon(() => tools(page)).toHaveLength(20)
    expect(await page.getByRole('link', { name: 'Older' }).count()).toBe(0)
    expect(await figure(page, 'Calls').innerText()).toBe('120')
    await page.goBack()
    await soon(first).toBe('sandbox_tool_69')
    await page.reload()
    await soon(first).toBe('sandbox_tool_69')
    await page.getByRole('link', { name: 'Newest' }).click()
    await soon(first).toBe('sandbox_tool_119')
  })
})

describe('one call', () => {
  test('tells all that is known, what went wrong and what to do', async () => {
    claw.sandbox.script({ kind: 'close_after_read' })
    const { body } = await claw.call('sandbox_send_message', { to: ['a@example.com'], subject: 'Hi', text: 'Hello' })
    await using tab = await openPage(browser, claw, { session })
    await tab.visit('/usage?outcome=unknown')
    await tab.page.getByRole('link', { name: 'sandbox_send_message' }).first().click()
    await tab.page.getByRole('heading', { name: 'A call of tester', level: 1 }).waitFor()
    expect(new URL(tab.page.url()).pathname).toBe(`/usage/${body.callId}`)
    const text = await tab.page.getByRole('main').innerText()
    expect(text).toContain('The request may have reached the provider, but its answer did not come back')
    expect(text).toContain('Do not repeat it.')
    expect(text).toContain('outcome_unknown')
    expect(text).toContain('Nothing that could be used.')
    expect(text).toContain('one attempt')
    expect(text).toContain(String(body.callId))
    await tab.page.goBack()
    await soon(() => queryOf(tab.page)).toEqual({ outcome: 'unknown' })
  })

  test('that waited for a member leads to the approval, before and after', async () => {
    const { callId, approvalId } = await park(claw)
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(`/usage/${callId}`)
    await tab.page.getByRole('link', { name: 'Waits for approval' }).click()
    await tab.page.getByRole('button', { name: 'Deny' }).click()
    await tab.page.getByText(/Denied by Ada/).waitFor()
    await tab.visit(`/usage/${callId}`)
    await tab.page.getByText('A member denied this call').waitFor()
    const approval = tab.page.getByRole('link', { name: 'A member was asked about it' })
    expect(await approval.getAttribute('href')).toBe(`/approvals/${approvalId}`)
  })

  test('that is not there says so', async () => {
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(`/usage/${newId('call', 0)}`)
    await tab.page.getByText(/There is no call/).waitFor()
  })
})

test('the list and one call show themselves without a complaint, a barrier or a way sideways in any look', async () => {
  await using own = await startClawLink({ policy: 'standard' })
  const failed = await leaveCalls(own)
  const ada = await openBrowser(own)
  await using tab = await openPage(browser, own, { session: ada.session })
  for (const [name, path, heading] of [
    ['usage', '/usage', 'Usage'],
    ['usage-filtered', '/usage?outcome=failed&since=2026-01-01T00:00:00.000Z', 'Usage'],
    ['usage-call', `/usage/${failed}`, 'A call of tester'],
  ] as const) {
    await tab.visit(path)
    await tab.page.getByRole('heading', { name: heading, level: 1 }).waitFor()
    expect(await tab.flaws(name)).toEqual([])
  }
})

/** Calls of every kind; gives the id of one that failed. */
async function leaveCalls(own: TestClawLink): Promise<string> {
  const [key] = await own.rows('keys')
  const [connection] = await own.rows('connections')
  const start = own.clock.now()
  const kinds = [
    { tool: 'sandbox_list_messages', duration_ms: 84, answer_bytes: 18_204 },
    { tool: 'sandbox_send_message', effect: 'write', provider_status: 201, duration_ms: 231, attempts: 2 },
    { tool: 'sandbox_refund_payment', effect: 'destructive', duration_ms: 1640 },
    { tool: 'sandbox_get_issue', outcome: 'failed', code: 'not_found', provider_status: 404, duration_ms: 41 },
    { tool: 'sandbox_search_messages', environment: 'test', duration_ms: 7 },
    { tool: 'sandbox_send_message', effect: 'write', outcome: 'unknown', code: 'outcome_unknown', provider_status: 0 },
  ]
  const rows = Array.from({ length: 34 }, (_, index) => {
    const at = start + index * 47_000
    return usageRow({
      call_id: newId('call', at),
      workspace_id: own.app.workspaceId,
      agent_id: String(key?.agent_id),
      connection_id: String(connection?.id),
      surface: 'mcp',
      started_at: at,
      request_bytes: 212,
      ...kinds[index % kinds.length],
    })
  })
  await own.app.db.write(tx => tx.insertInto('usage').values(rows).execute())
  own.clock.move(34 * 47_000)
  return rows.find(({ outcome }) => outcome === 'failed')?.call_id ?? ''
}
