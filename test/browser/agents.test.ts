/** The page of agents and their keys, against the real server. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../../src/core/ids.ts'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { letIn, mcpStatus } from '../kit/oauth-client.ts'
import { openPage } from './kit/open-page.ts'
import { startChromium } from './kit/start-chromium.ts'

let browser: Browser
let claw: TestClawLink
let ada: Awaited<ReturnType<typeof openBrowser>>

beforeAll(async () => {
  claw = await startClawLink()
  browser = await startChromium()
  ada = await openBrowser(claw)
})
afterAll(async () => {
  await browser.close()
  await claw.stop()
})

const whoami = (key: string) => claw.rest('GET', '/whoami', { key })
const works = async (key: string) => (await whoami(key)).status === 200
/** A text that the page shows to be copied. */
const block = (page: Page, name: string) => page.getByRole('region', { name, exact: true }).textContent()
const shownKey = async (page: Page) => (await block(page, 'key')) ?? ''
const keysOf = (page: Page, agent: string) => page.getByRole('list', { name: `Keys of ${agent}`, exact: true })
const openAgents = () => openPage(browser, claw, { session: ada.session })

/** A key that the API makes, for an agent that no other test has. */
let count = 0
async function newKey(more: object = {}) {
  count += 1
  const agent = `agent ${count}`
  const { body } = await ada.rest('POST', '/keys', { agent, environment: 'live', ...more })
  return { agent, id: String(body.id), secret: String(body.secret), tail: String(body.key) }
}

/** Opens the menu of something on the page, and chooses. */
async function choose(page: Page, about: string, item: string) {
  await page.getByRole('button', { name: `More about ${about}`, exact: true }).click()
  await page.getByRole('menuitem', { name: item }).press('Enter')
}

describe('a key that is made on the page', () => {
  test('may do exactly what was chosen, and is shown once, with lines to paste that hold it', async () => {
    await using tab = await openAgents()
    const { page } = tab
    await tab.visit('/agents')
    await page.getByRole('link', { name: 'Make a key' }).click()
    await page.getByLabel('Agent', { exact: true }).fill('Nightly report')
    await page.getByLabel(/^Write/).uncheck()
    await page.getByLabel('Only chosen apps').check()
    await page.getByLabel('Sandbox').check()
    await page.getByLabel('Ends after').selectOption('30 days')
    await page.getByText('Single tools, limits').click()
    await page.getByLabel('Only these tools').fill('sandbox_list_projects, sandbox_whoami')
    await page.getByLabel('Calls a minute').fill('1,000')
    const sentence =
      'May read from Sandbox by sandbox_list_projects and sandbox_whoami only with every live connection, at most 1,000 a minute'
    await page.getByText(`${sentence}, until 14 February 2026.`).waitFor()
    await page.getByRole('button', { name: 'Make key' }).click()
    await page.getByText('It is shown only now.').waitFor()

    const key = await shownKey(page)
    expect(key).toMatch(/^cllk_live_[0-9a-f]{48}$/)
    expect((await whoami(key)).body).toMatchObject({
      agent: { name: 'Nightly report' },
      scope: { effects: ['read'], providers: ['sandbox'], tools: ['sandbox_list_projects', 'sandbox_whoami'] },
    })
    expect(await block(page, 'lines for Claude Code')).toBe(
      `claude mcp add --transport http --scope user clawlink ${claw.url}/mcp --header "Authorization: Bearer ${key}"`,
    )
    for (const client of ['Codex', 'OpenClaw', 'Hermes', 'Gemini CLI', 'Cursor', 'VS Code']) {
      await page.getByRole('tab', { name: client }).click()
      const lines = await block(page, `lines for ${client}`)
      expect(lines).toContain(key)
      expect(lines).toContain(`${claw.url}/mcp`)
    }

    await page.getByRole('button', { name: 'I have kept it' }).click()
    await keysOf(page, 'Nightly report').getByText(`${sentence}.`).waitFor()
    expect(await page.content()).not.toContain(key)
    await tab.visit('/agents')
    expect(await page.content()).not.toContain(key)
  })

  test('destroys nothing unless that was chosen', async () => {
    await using tab = await openAgents()
    await tab.visit('/agents/new?agent=Careful')
    await tab.page.getByRole('button', { name: 'Make key' }).click()
    await tab.page.getByText('It is shown only now.').waitFor()
    const { body } = await whoami(await shownKey(tab.page))
    expect(body).toMatchObject({ agent: { name: 'Careful' }, scope: { effects: ['read', 'write'] } })
  })

  test('for tests offers connections for tests alone', async () => {
    const { id } = await claw.connect({ environment: 'test', label: 'a test account' })
    const { items } = (await ada.rest('GET', '/connections')).body as {
      items: { label: string; environment: string }[]
    } // as documented
    const { label } = items.find(({ environment }) => environment === 'live') ?? { label: '' }
    await using tab = await openAgents()
    const { page } = tab
    await tab.visit('/agents/new?agent=Tried')
    await page.getByLabel('Only chosen connections').check()
    await page.getByRole('checkbox', { name: label, exact: true }).waitFor()
    await page.getByLabel(/^Test/).check()
    await page.getByRole('checkbox', { name: label, exact: true }).waitFor({ state: 'detached' })
    await page.getByLabel('a test account').check()
    await page.getByText('with the test connection “a test account”').waitFor()
    await page.getByRole('button', { name: 'Make key' }).click()
    await page.getByText('It is shown only now.').waitFor()
    const { body } = await whoami(await shownKey(page))
    expect(body).toMatchObject({ environment: 'test', scope: { effects: ['read', 'write'], connections: [id] } })
  })

  test('cannot be made while a choice is empty or a limit is no number', async () => {
    await using tab = await openAgents()
    const { page } = tab
    await tab.visit('/agents/new?agent=Odd')
    const make = page.getByRole('button', { name: 'Make key' })
    await page.getByLabel('Only chosen apps').check()
    expect(await make.isDisabled()).toBe(true)
    await page.getByLabel('Every app').check()
    await page.getByText('Single tools, limits').click()
    await page.getByLabel('Calls a day').fill('many')
    await page.getByText('Calls a day must be a whole number').waitFor()
    expect(await make.isDisabled()).toBe(true)
    await page.getByLabel('Calls a day').fill('')
    expect(await make.isEnabled()).toBe(true)
  })

  test('is refused with the server’s reason when it names a tool that is not there', async () => {
    await using tab = await openAgents()
    const { page } = tab
    await tab.visit('/agents/new?agent=Mistaken')
    await page.getByText('Single tools, limits').click()
    await page.getByLabel('Only these tools').fill('sandbox_fly')
    await page.getByRole('button', { name: 'Make key' }).click()
    await page.getByRole('alert').getByText('there is no such tool').waitFor()
  })
})

describe('a key on the page', () => {
  let key: Awaited<ReturnType<typeof newKey>>
  beforeEach(async () => {
    key = await newKey({ scope: { effects: ['read', 'write'] } })
  })

  test('is worked on by keyboard alone; Escape leaves everything as it is, with the focus where it was', async () => {
    await using tab = await openAgents()
    const { page } = tab
    await tab.visit('/agents')
    const menu = page.getByRole('button', { name: `More about ${key.tail} of ${key.agent}`, exact: true })
    for (const item of ['Change', 'Rotate', 'Revoke']) {
      await menu.focus()
      await page.keyboard.press('Enter')
      const wanted = page.getByRole('menuitem', { name: item })
      await wanted.waitFor()
      await expect
        .poll(async () => {
          const isThere = await wanted.evaluate(element => element === element.ownerDocument.activeElement)
          if (!isThere) await page.keyboard.press('ArrowDown')
          return isThere
        })
        .toBe(true)
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await expect.poll(() => menu.evaluate(button => button === button.ownerDocument.activeElement)).toBe(true)
    }
    expect(await works(key.secret)).toBe(true)
  })

  test('is rotated with an overlap: the new one is shown once, and both work meanwhile', async () => {
    await using tab = await openAgents()
    const { page } = tab
    await tab.visit('/agents')
    await choose(page, `${key.tail} of ${key.agent}`, 'Rotate')
    await page.getByLabel('The old key goes on for').selectOption('15 minutes')
    await page.getByRole('button', { name: 'Rotate key' }).click()
    await page.getByText('It is shown only now.').waitFor()
    const next = await shownKey(page)
    expect([await works(key.secret), await works(next)]).toEqual([true, true])
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await keysOf(page, key.agent).getByText('being replaced').waitFor()
    claw.clock.move(15 * 60_000)
    expect([await works(key.secret), await works(next)]).toEqual([false, true])
  })

  test('may do something else from its next call on', async () => {
    await using tab = await openAgents()
    const { page } = tab
    await tab.visit('/agents')
    await choose(page, `${key.tail} of ${key.agent}`, 'Change')
    await page.getByLabel(/^Write/).uncheck()
    await page.getByRole('button', { name: 'Save' }).click()
    await keysOf(page, key.agent).getByText('May read from every app with every live connection.').waitFor()
    expect((await whoami(key.secret)).body.scope).toEqual({ effects: ['read'] })
  })

  test('ends when it is revoked, and only after a question that says so', async () => {
    await using tab = await openAgents()
    const { page } = tab
    await tab.visit('/agents')
    await choose(page, `${key.tail} of ${key.agent}`, 'Revoke')
    await page.getByText(`Whatever uses ${key.tail} is refused from now on.`).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await works(key.secret)).toBe(true)
    await choose(page, `${key.tail} of ${key.agent}`, 'Revoke')
    await page.getByRole('button', { name: 'Revoke key' }).click()
    await page.getByText('Key revoked.').waitFor()
    expect(await works(key.secret)).toBe(false)
    await keysOf(page, key.agent).waitFor({ state: 'detached' })
  })
})

describe('an agent on the page', () => {
  test('gets another name, but not that of another one', async () => {
    const { agent } = await newKey()
    const other = await newKey()
    await using tab = await openAgents()
    const { page } = tab
    await tab.visit('/agents')
    await choose(page, agent, 'Rename')
    await page.getByLabel('Name', { exact: true }).fill(other.agent)
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByRole('alert').getByText(`There is an agent named "${other.agent}" already.`).waitFor()
    await page.getByLabel('Name', { exact: true }).fill('Renamed')
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByRole('heading', { level: 2, name: 'Renamed', exact: true }).waitFor()
    expect(await page.getByRole('heading', { name: agent, exact: true }).count()).toBe(0)
  })

  test('ends with all its keys', async () => {
    const { agent, secret } = await newKey()
    const { body } = await ada.rest('POST', '/keys', { agent, environment: 'test' })
    await using tab = await openAgents()
    const { page } = tab
    await tab.visit('/agents')
    await choose(page, agent, 'End this agent')
    await page.getByText('This revokes its 2 keys at once and for good.').waitFor()
    await page.getByRole('button', { name: 'End agent' }).click()
    await page.getByText(`${agent} has ended.`).waitFor()
    expect([await works(secret), await works(String(body.secret))]).toEqual([false, false])
  })

  test('that somebody else made is not a plain member’s to end, and the page says whom to ask', async () => {
    const { agent, secret } = await newKey()
    const { session } = await openBrowser(claw, { name: 'Bo', role: 'member' })
    await using tab = await openPage(browser, claw, { session })
    await tab.visit('/agents')
    await choose(tab.page, agent, 'End this agent')
    await tab.page.getByRole('button', { name: 'End agent' }).click()
    await tab.page.getByText('Somebody else made this agent. Ask them, or an owner or admin.').waitFor()
    expect(await works(secret)).toBe(true)
  })

  test('that came in by OAuth is marked so; revoking its grant ends its tokens', async () => {
    const { tokens } = await letIn(claw, ada)
    expect(await mcpStatus(claw, tokens.access_token)).toBe(200)
    await using tab = await openAgents()
    const { page } = tab
    await tab.visit('/agents')
    await keysOf(page, 'OpenClaw MCP').getByText('OAuth', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'More about OAuth grant of OpenClaw MCP' }).click()
    expect(await page.getByRole('menuitem', { name: 'Rotate' }).count()).toBe(0)
    await page.getByRole('menuitem', { name: 'Revoke' }).press('Enter')
    await page.getByRole('button', { name: 'Revoke grant' }).click()
    await page.getByText('Grant revoked.').waitFor()
    expect(await mcpStatus(claw, tokens.access_token)).toBe(401)
  })
})

test('an empty list teaches how an agent gets in', async () => {
  await using fresh = await startClawLink()
  const { session, rest } = await openBrowser(fresh)
  const { items } = (await rest('GET', '/agents')).body as { items: { id: string }[] } // as documented
  for (const { id } of items) await rest('DELETE', `/agents/${id}`)
  await using tab = await openPage(browser, fresh, { session })
  await tab.visit('/agents')
  await tab.page.getByRole('heading', { name: 'Let your first agent in' }).waitFor()
  expect(await block(tab.page, 'command to pair')).toBe(`npx clawlink pair --url ${fresh.url}`)
  expect(await block(tab.page, 'MCP address')).toBe(`${fresh.url}/mcp`)
})

test('the page has all agents, however many there are', async () => {
  await using fresh = await startClawLink()
  const { session } = await openBrowser(fresh)
  const now = fresh.clock.now()
  const rows = Array.from({ length: 401 }, (_, at) => ({
    id: newId('agt', now + at),
    workspace_id: fresh.app.workspaceId,
    name: `ended ${at}`,
    created_at: now,
    created_by: '',
  }))
  await fresh.app.db.write(tx => tx.insertInto('agents').values(rows).execute())
  await using tab = await openPage(browser, fresh, { session })
  await tab.visit('/agents')
  await tab.page.getByText('401 agents without a key').waitFor()
})

test('the pages have no barrier and no way sideways in any look, with all that they hold unfolded', async () => {
  await using tab = await openAgents()
  for (const [name, path, heading] of [
    ['agents', '/agents', 'Agents'],
    ['make-key', '/agents/new', 'Make a key'],
  ] as const) {
    await tab.visit(path)
    await tab.page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await tab.page.evaluate(`document.querySelectorAll('summary').forEach(each => each.click())`)
    expect(await tab.flaws(name)).toEqual([])
  }
})
