import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { park, startWorkerElsewhere } from '../kit/parked.ts'
import { openPage } from './kit/open-page.ts'
import { startChromium } from './kit/start-chromium.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startChromium()
})
afterAll(() => browser.close())

/** No worker: what is queued stays so until one is started. */
const start = () => startClawLink({ policy: 'standard', config: { roles: ['web'] } })

async function callLater(claw: TestClawLink, title = 'A broken door'): Promise<string> {
  const { body } = await claw.rest('POST', '/tools/sandbox_create_issue/calls', {
    body: { arguments: { project: 'website', title }, wait: false },
  })
  return String(body.callId)
}

/** As the worker leaves a call that the provider works on. */
async function letProviderHave({ app }: TestClawLink, callId: string, percent: number): Promise<void> {
  const found = { state: 'submitted', progress: JSON.stringify({ percent }) } as const
  await app.db.write(tx => tx.updateTable('calls').set(found).where('id', '=', callId).execute())
}

test('a call that has not ended shows how far it is, by itself, and its end', async () => {
  await using claw = await start()
  const ada = await openBrowser(claw)
  await using tab = await openPage(browser, claw, { session: ada.session })
  const { page } = tab
  await tab.visit('/usage?view=open')
  await page.getByText('Nothing is on its way').waitFor()
  const callId = await callLater(claw)
  await tab.visit(`/usage/${callId}`)
  await page.getByRole('heading', { name: 'A call of tester', level: 1 }).waitFor()
  await page.getByText('Waits for its turn: 1st, any moment now').waitFor()
  await letProviderHave(claw, callId, 40)
  await page.getByText('The provider works on it: 40 %').waitFor()
  expect(await page.getByRole('progressbar').getAttribute('value')).toBe('40')
  await claw.app.db.write(tx => tx.updateTable('calls').set({ state: 'queued' }).where('id', '=', callId).execute())
  await using _ = await startWorkerElsewhere(claw)
  await page.getByText('succeeded').waitFor()
})

test('a member cancels a call by the keyboard, after a question; it is never sent', async () => {
  await using claw = await start()
  const ada = await openBrowser(claw)
  await using tab = await openPage(browser, claw, { session: ada.session })
  const { page } = tab
  await callLater(claw)
  await tab.visit('/usage')
  const waiting = page.getByRole('tab', { name: /On their way\s*1 calls/ })
  await waiting.focus()
  await waiting.press('Enter')
  await page.getByRole('button', { name: 'Cancel sandbox_create_issue' }).press('Enter')
  await page.getByRole('button', { name: 'Keep it' }).press('Enter')
  await page.getByRole('button', { name: 'Cancel sandbox_create_issue' }).press('Enter')
  await page.getByRole('button', { name: 'Cancel the call' }).press('Enter')
  await page.getByText('Canceled. It was not sent.').waitFor()
  await page.getByText('Nothing is on its way').waitFor()
  expect(claw.sandbox.requests.some(({ method }) => method === 'POST')).toBe(false)
})

test('what is on its way shows itself without a complaint, a barrier or a way sideways in any look', async () => {
  await using claw = await start()
  await park(claw)
  const done = await callLater(claw)
  await letProviderHave(claw, done, 40)
  for (const title of ['The second', 'The third']) await callLater(claw, title)
  const ada = await openBrowser(claw)
  await using tab = await openPage(browser, claw, { session: ada.session })
  for (const [name, path] of [
    ['usage-open', '/usage?view=open'],
    ['usage-open-call', `/usage/${done}`],
  ] as const) {
    await tab.visit(path)
    await tab.page.getByText('The provider works on it: 40 %').waitFor()
    expect(await tab.flaws(name)).toEqual([])
  }
})
