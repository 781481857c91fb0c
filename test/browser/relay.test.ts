import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { relayAgent } from '../kit/relay-agent.ts'
import { put } from '../kit/shared-files.ts'
import { openPage } from './kit/open-page.ts'
import { startChromium } from './kit/start-chromium.ts'

let browser: Browser
let claw: TestClawLink
let agents: Awaited<ReturnType<typeof leaveTraces>>
let ada: Awaited<ReturnType<typeof openBrowser>>
let bea: Awaited<ReturnType<typeof openBrowser>>

/** Handed out once and given back, a message is a dead letter. */
const config = { relayDeliveriesMax: 1 }

beforeAll(async () => {
  claw = await startClawLink({ config })
  browser = await startChromium()
  agents = await leaveTraces(claw)
  ada = await openBrowser(claw)
  bea = await openBrowser(claw, { name: 'Bea', role: 'member' })
})
afterAll(async () => {
  await browser.close()
  await claw.stop()
})

/** For as long as a page may take on a busy machine. */
const soon = <T>(see: () => T) => expect.poll(see, { timeout: 20_000 })
const rows = (page: Page, list: string) => page.getByRole('list', { name: list, exact: true }).getByRole('listitem')
const open = (session = ada.session) => openPage(browser, claw, { session })

test('agents are there with what they can do and their devices, and one that registers shows by itself', async () => {
  await using tab = await open()
  const { page } = tab
  await tab.visit('/')
  await page.getByRole('link', { name: 'Relay' }).click()
  const ann = rows(page, 'Agents').filter({ hasText: 'ann' })
  await soon(() => ann.innerText()).toMatch(/ann.*online.*Plans releases.*workshop.*Can do: plan, write/s)
  expect(await rows(page, 'Agents').filter({ hasText: 'old timer' }).innerText()).toMatch(/stale.*last heard of/s)
  await ann.getByText('1 device').click()
  expect(await rows(page, 'Devices of ann').allInnerTexts()).toEqual([expect.stringMatching(/Ann’s desk.*online/s)])
  const late = await relayAgent(claw, 'latecomer')
  await late.ok('PUT', '/agents/me', { capabilities: ['review'] })
  await page.getByText('latecomer').waitFor()
  await page.getByLabel('Online').selectOption('no')
  await soon(() => rows(page, 'Agents').allInnerTexts()).toEqual([expect.stringContaining('old timer')])
  await late.ok('DELETE', '/agents/me?all=true')
})

test('tasks say who gave them to whom and how they stand; one tells all that happened, by keyboard alone', async () => {
  await using tab = await open(bea.session)
  const { page } = tab
  await tab.visit('/relay')
  await page.getByRole('tab', { name: 'Agents' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.getByLabel('State').selectOption('open')
  await soon(() => rows(page, 'Tasks').allInnerTexts()).toEqual([
    expect.stringMatching(/Fly to the moon.*ann to whoever can do fly.*low.*not accepted yet/s),
    expect.stringMatching(/Review pull request 7.*ann to bob.*urgent.*waits for an answer/s),
  ])
  expect(await page.getByRole('tab', { name: 'Tasks 2 open' }).count()).toBe(1)
  await page.getByRole('link', { name: 'Review pull request 7' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('bob has asked something, and ann has not answered yet.').waitFor()
  await soon(() => page.getByRole('list', { name: 'History' }).innerText()).toMatch(
    /ann gave the task.*bob accepted it.*bob asked something.*Which branch\?/s,
  )
  expect(await page.getByLabel('Context').innerText()).toContain('"repository": "clawlink"')
  await agents.ann.ok('POST', `/tasks/${agents.asked}/answer`, { answer: 'main' })
  await page.getByText('bob works on it.').waitFor()
  await page.getByRole('link', { name: 'notes/plan.md' }).click()
  await page.getByRole('heading', { name: 'notes/plan.md', level: 1 }).waitFor()
})

test('broadcasts are narrowed to a topic and searched, and what is long is cut until asked for', async () => {
  await using tab = await open(bea.session)
  const { page } = tab
  await tab.visit('/relay?view=broadcasts')
  await soon(() => rows(page, 'Broadcasts').count()).toBe(2)
  await page.getByLabel('Topic').selectOption({ label: 'findings (1 hears it)' })
  await soon(() => rows(page, 'Broadcasts').allInnerTexts()).toEqual([
    expect.stringMatching(/findings.*ci.*ann.*to 1 agent.*The build is slow/s),
  ])
  await tab.visit('/relay?view=broadcasts')
  await page.getByLabel('Words').fill('harbour')
  await page.getByLabel('Words').press('Enter')
  await soon(() => rows(page, 'Broadcasts').count()).toBe(1)
  expect(await page.getByText('the last line').count()).toBe(0)
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByText('the last line').waitFor()
})

test('a shared file is found by its beginning, saved, and restored by an admin; a plain member only saves', async () => {
  await using plain = await open(bea.session)
  await plain.visit('/relay/file?key=notes/plan.md')
  await soon(() => rows(plain.page, 'Versions').count()).toBe(2)
  expect(await plain.page.getByRole('button', { name: 'Restore' }).count()).toBe(0)
  await using tab = await open()
  const { page } = tab
  await tab.visit('/relay?view=files&text=notes/')
  await soon(() => rows(page, 'Shared files').allInnerTexts()).toEqual([
    expect.stringMatching(/notes\/plan\.md.*being edited.*version 2.*ann/s),
  ])
  await page.getByRole('link', { name: 'notes/plan.md' }).click()
  await page.getByText('ann at desk is editing it').waitFor()
  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download version 1 of notes/plan.md' }).click()
  const saved = await saving
  expect(saved.suggestedFilename()).toBe('plan.md')
  expect(await readFile(await saved.path(), 'utf8')).toBe('# First plan\n')
  await page.getByRole('button', { name: 'Restore version 1' }).click()
  await page.getByText(/ann at desk is editing the file and will find it changed/).waitFor()
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  await soon(() => rows(page, 'Versions').first().innerText()).toMatch(/Version 3.*version 1 restored.*current.*Ada/s)
})

test('a dead letter says why; an admin delivers it again or discards it, a plain member only sees it', async () => {
  await using plain = await open(bea.session)
  await plain.visit('/relay?view=dead-letters')
  await soon(() => rows(plain.page, 'Dead letters').count()).toBe(2)
  expect(await plain.page.getByRole('button', { name: 'Deliver again' }).count()).toBe(0)
  await using tab = await open()
  const { page } = tab
  await tab.visit('/relay?view=dead-letters')
  const first = rows(page, 'Dead letters').filter({ hasText: 'first letter' })
  await soon(() => first.innerText()).toMatch(/Message from ann to bob.*never acknowledged/s)
  await first.getByRole('button', { name: 'Deliver again' }).click()
  await page.getByText('It is in the mailbox of bob again.').waitFor()
  const again = (await agents.bob.take()).find(({ body }) => body === 'The first letter')
  expect(again).toMatchObject({ deliveries: 1 })
  await agents.bob.ack(again)
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
  await page.getByText('All has been delivered').waitFor()
})

test('no view has a barrier or a way sideways in any look, empty or full', async () => {
  await using own = await startClawLink({ config })
  const owner = await openBrowser(own)
  await using tab = await openPage(browser, own, { session: owner.session })
  const { page } = tab
  const check = async (name: string) => expect(await tab.flaws(name)).toEqual([])
  await tab.visit('/relay')
  await page.getByText('No agent has registered yet').waitFor()
  await check('relay-empty')
  const { asked } = await leaveTraces(own)
  await page.clock.setFixedTime(own.clock.now())
  for (const [name, path, list] of [
    ['relay-agents', '/relay', 'Agents'],
    ['relay-tasks', '/relay?view=tasks', 'Tasks'],
    ['relay-broadcasts', '/relay?view=broadcasts', 'Broadcasts'],
    ['relay-files', '/relay?view=files', 'Shared files'],
    ['relay-dead-letters', '/relay?view=dead-letters', 'Dead letters'],
    ['relay-task', `/relay/tasks/${asked}`, 'History'],
    ['relay-file', '/relay/file?key=notes/plan.md', 'Versions'],
  ] as const) {
    await tab.visit(path)
    await rows(page, list).first().waitFor()
    if (list === 'Agents') await page.getByText('1 device').first().click()
    await check(name)
  }
})

/** Agents with something of everything: tasks that are open and ended, broadcasts, files with versions, dead letters. */
async function leaveTraces(own: TestClawLink) {
  const old = await relayAgent(own, 'old timer')
  await old.ok('PUT', '/agents/me', { machine: 'attic' })
  own.clock.move(3_600_000)
  const ann = (await relayAgent(own, 'ann')).at('desk')
  const bob = await relayAgent(own, 'bob')
  await ann.ok('PUT', '/agents/me', {
    name: 'Ann’s desk',
    capabilities: ['plan', 'write'],
    machine: 'workshop',
    description: 'Plans releases',
  })
  const long = `builder-${'of-very-long-names-'.repeat(4)}`
  await bob.ok('PUT', '/agents/me', { capabilities: ['review', 'code', long], machine: 'nuc', description: 'Reviews' })

  const file = (text: string, query: string) => put({ url: own.url, key: ann.key }, 'notes/plan.md', text, { query })
  await file('# First plan\n', '')
  await file('# Second plan\nIt is longer.\n', '?baseVersion=1')
  await ann.ok('POST', '/file-lease/notes%2Fplan.md', { note: 'Adding the dates' })
  await put({ url: own.url, key: bob.key }, `reports/${'2026-'.repeat(20)}audit.json`, '{}')

  const delegate = async (to: object) => String((await ann.ok('POST', '/tasks', to)).id)
  const ended = await delegate({ to: 'bob', task: 'Say hello' })
  await bob.ok('POST', `/tasks/${ended}/complete`, { result: { said: 'Hello' } })
  const late = await delegate({ to: 'bob', task: 'Find the lost key', priority: 'high' })
  await bob.ok('POST', `/tasks/${late}/fail`, { reason: 'It is not here.' })
  own.clock.move(60_000)
  const context = { repository: 'clawlink', lines: 120 }
  const attachments = ['notes/plan.md']
  const asked = await delegate({ to: 'bob', task: 'Review pull request 7', priority: 'urgent', context, attachments })
  await bob.ok('POST', `/tasks/${asked}/accept`, { note: 'At once' })
  await bob.ok('POST', `/tasks/${asked}/ask`, { question: 'Which branch?' })
  own.clock.move(1000)
  await delegate({ capability: 'fly', task: 'Fly to the moon', priority: 'low' })
  for (const agent of [ann, bob]) for (const message of await agent.take(50)) await agent.ack(message)

  await bob.ok('PUT', '/subscriptions/findings', {})
  await ann.ok('POST', '/broadcasts', { topic: 'findings', content: 'The build is slow', tags: ['ci'] })
  const lines = ['Ships leave the harbour', ...Array.from({ length: 12 }, (_, at) => `${at}: a line`), 'the last line']
  await bob.ok('POST', '/broadcasts', { topic: 'sea', content: lines.join('\n') })
  for (const message of await bob.take(50)) await bob.ack(message)

  await ann.send(bob, 'The first letter')
  await ann.send(bob, { about: 'the second letter', parts: [1, 2] }, { priority: 'low' })
  for (const { id, lease } of await bob.take()) await bob.ok('POST', `/inbox/${id}/release`, { lease })
  await bob.take()
  await ann.ok('POST', '/agents/me/heartbeat')
  return { ann, bob, asked }
}
