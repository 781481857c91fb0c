import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { callEnded } from '../../src/events/call-ended.ts'
import { recordEvent } from '../../src/events/record-event.ts'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { openPage } from './kit/open-page.ts'
import { startChromium } from './kit/start-chromium.ts'

let browser: Browser
let claw: TestClawLink
let receiver: Server
let ada: Awaited<ReturnType<typeof openBrowser>>
let bob: Awaited<ReturnType<typeof openBrowser>>
let host: string
/** What the receiver answers with. */
let status = 204

beforeAll(async () => {
  receiver = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const address = receiver.address()
  host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  claw = await startClawLink({ config: { outboundAllow: [host] } })
  browser = await startChromium()
  ada = await openBrowser(claw)
  bob = await openBrowser(claw, { name: 'Bob', role: 'member' })
})
afterAll(async () => {
  await browser.close()
  await claw.stop()
  receiver.closeAllConnections()
  receiver.close()
})
beforeEach(async () => {
  status = 204
  for (const { id } of await endpoints()) await ada.rest('DELETE', `/endpoints/${id}`)
})

/** For as long as a page may take on a busy machine. */
const soon = <T>(see: () => T) => expect.poll(see, { timeout: 15_000 })
type Endpoint = { id: string; url: string; types: string[]; about: string; state: string }
const endpoints = async () => (await ada.rest('GET', '/endpoints')).body.items as Endpoint[] // as documented
const add = (more: object = {}) =>
  ada.rest('POST', '/endpoints', { url: `http://${host}/hook`, types: ['*'], about: 'The pipeline', ...more })
const rows = (page: Page, list: string) => page.getByRole('list', { name: list, exact: true }).getByRole('listitem')

async function choose(page: Page, item: string, name = 'The pipeline') {
  await page.getByRole('button', { name: `More about ${name}` }).click()
  await page.getByRole('menuitem', { name: item }).press('Enter')
}
async function endCall(callId = 'call_019bc186de00001b6b285d391ba1d1a6') {
  const now = claw.clock.now()
  const facts = { tool: 'sandbox_send_mail', provider: 'sandbox', connection: 'conn_1', code: '' }
  const call = { callId, workspaceId: claw.app.workspaceId, ...facts, startedAt: now, endedAt: now }
  await claw.app.db.write(tx => recordEvent(tx, claw.app, callEnded({ ...call, outcome: 'succeeded' })))
}
const openEvents = () => openPage(browser, claw, { session: ada.session })

test('an endpoint is added by keyboard alone, its secret is shown once, and a wrong URL says why', async () => {
  await using tab = await openEvents()
  const { page } = tab
  await tab.visit('/')
  await page.getByRole('link', { name: 'Events' }).click()
  await page.getByRole('tab', { name: 'What happened' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Add endpoint' }).focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('URL', { exact: true }).fill('https://10.0.0.1/hook')
  await page.getByLabel('URL', { exact: true }).press('Enter')
  await page
    .getByText(/must not lead to a private or local address/)
    .first()
    .waitFor()
  await page.getByLabel('URL', { exact: true }).fill(`http://${host}/hook`)
  await page.getByLabel('What it is for').fill('The pipeline')
  await page.getByRole('radio', { name: 'Only these types' }).focus()
  await page.keyboard.press('Space')
  await page.getByRole('checkbox', { name: 'breaker.opened' }).focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  const shown = await page.getByRole('region', { name: 'secret', exact: true }).textContent()
  expect(shown).toMatch(/^whsec_/)
  await page.getByRole('button', { name: 'I have kept it' }).click()
  expect(await endpoints()).toMatchObject([{ about: 'The pipeline', types: ['call.ended', 'breaker.opened'] }])
  await soon(() => rows(page, 'Endpoints').allInnerTexts()).toEqual([
    expect.stringMatching(/The pipeline.*on.*call\.ended/s),
  ])
  expect(await page.content()).not.toContain(shown)
})

test('an endpoint is changed, tested, given a new secret, turned off and on, and removed', async () => {
  const secret = String((await add()).body.secret)
  await using tab = await openEvents()
  const { page } = tab
  await tab.visit('/events?view=endpoints')
  await choose(page, 'Change…')
  await page.getByLabel('What it is for').fill('Nightly')
  await page.getByRole('button', { name: 'Save' }).click()
  await soon(endpoints).toMatchObject([{ about: 'Nightly', types: ['*'] }])
  await choose(page, 'Send a test', 'Nightly')
  await page.getByText('A test is on its way to Nightly.').waitFor()
  await choose(page, 'New secret…', 'Nightly')
  await page.getByRole('button', { name: 'Make secret' }).click()
  const fresh = await page.getByRole('region', { name: 'secret', exact: true }).textContent()
  expect(fresh).toMatch(/^whsec_/)
  expect(fresh).not.toBe(secret)
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await choose(page, 'Turn off', 'Nightly')
  await soon(endpoints).toMatchObject([{ state: 'off' }])
  await choose(page, 'Turn on', 'Nightly')
  await soon(endpoints).toMatchObject([{ state: 'on' }])
  await choose(page, 'Deliveries', 'Nightly')
  await soon(() => rows(page, 'Deliveries').allInnerTexts()).toEqual([
    expect.stringMatching(/endpoint\.test.*delivered.*204.*to Nightly/s),
  ])
  await tab.visit('/events?view=endpoints')
  await choose(page, 'Remove…', 'Nightly')
  await page.getByRole('button', { name: 'Remove endpoint' }).click()
  await page.getByText('No program is told of events').waitFor()
  expect(await endpoints()).toEqual([])
})

test('what failed says why and is sent again; filters stand in the address', async () => {
  status = 410
  const { id } = (await add()).body
  await endCall()
  await using tab = await openEvents()
  const { page } = tab
  await tab.visit('/events?view=deliveries&state=failed')
  await soon(() => rows(page, 'Deliveries').allInnerTexts()).toEqual([
    expect.stringMatching(/call\.ended.*failed.*410.*It answered with 410/s),
  ])
  await page.getByRole('button', { name: 'Send again' }).click()
  await page.getByText('The endpoint is turned off. Turn it on first.').waitFor()
  status = 204
  await ada.rest('PATCH', `/endpoints/${id}`, { state: 'on' })
  await page.getByRole('button', { name: 'Send again' }).click()
  await page.getByText('No delivery fits').waitFor()
  await page.getByLabel('State').selectOption('delivered')
  await soon(() => rows(page, 'Deliveries').count()).toBe(1)
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ view: 'deliveries', state: 'delivered' })
})

test('events are narrowed to a type and lead to their call; a plain member sees all and changes nothing', async () => {
  await add()
  await endCall()
  await using tab = await openPage(browser, claw, { session: bob.session })
  const { page } = tab
  await tab.visit('/events')
  await page.getByLabel('Type').selectOption('call.ended')
  await soon(() => rows(page, 'Events').first().innerText()).toMatch(/has ended.*call\.ended.*sandbox_send_mail/s)
  expect(await page.getByRole('link', { name: 'the call' }).first().getAttribute('href')).toMatch(/^\/usage\/call_/)
  await tab.visit('/events?view=endpoints')
  await page.getByText('The pipeline', { exact: true }).waitFor()
  expect(await page.getByRole('button', { name: 'Add endpoint' }).count()).toBe(0)
  await page.getByRole('button', { name: 'More about The pipeline' }).click()
  await soon(() => page.getByRole('menuitem').allInnerTexts()).toEqual(['Deliveries'])
})

test('no view has a barrier or a way sideways in any look', async () => {
  await using tab = await openPage(browser, claw, { session: ada.session })
  const { page } = tab
  const check = async (name: string) => expect(await tab.flaws(name)).toEqual([])
  await tab.visit('/events?view=endpoints')
  await page.getByText('No program is told of events').waitFor()
  await check('endpoints-empty')
  const long = `http://${host}/${'a-long-path/'.repeat(12)}?token=${'0'.repeat(40)}`
  await add({ url: long, types: ['call.ended', 'breaker.opened', 'breaker.closed', 'tool.output_mismatch'] })
  const { id } = (await add({ about: 'Off for now' })).body
  await ada.rest('PATCH', `/endpoints/${id}`, { state: 'off' })
  await endCall()
  status = 500
  await endCall()
  await soon(async () => (await ada.rest('GET', '/deliveries?state=waiting&limit=1')).body.items).toMatchObject([
    { status: 500 },
  ])
  await tab.visit('/events?view=endpoints')
  await rows(page, 'Endpoints').first().waitFor()
  await check('endpoints')
  await tab.visit('/events?view=deliveries')
  await rows(page, 'Deliveries').first().waitFor()
  await check('deliveries')
  await tab.visit('/events')
  await rows(page, 'Events').first().waitFor()
  await check('events')
  await tab.visit('/events?view=endpoints')
  await page.getByRole('button', { name: 'Add endpoint' }).click()
  await page.getByRole('radio', { name: 'Only these types' }).click()
  await page.getByRole('checkbox', { name: 'call.ended' }).waitFor()
  await check('endpoint-add')
})
