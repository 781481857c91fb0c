/** A device without a key and a person with a browser: the pages of pairing, against the real command and the real server. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { type CliProcess, type CliServer, spawnCli } from '../kit/cli.ts'
import { startDevice } from '../kit/device.ts'
import { movableClock } from '../kit/movable-clock.ts'
import { rest, type TempHome, tempHome } from '../newcomer/temp-home.ts'
import { looks, sizes } from './kit/looks.ts'
import { type OpenedPage, openPage } from './kit/open-page.ts'
import { startChromium } from './kit/start-chromium.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startChromium()
})
afterAll(() => browser.close())

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
const codeOn = (page: Page) => page.getByLabel('The code').textContent()

describe('with a ClawLink that was started for the first time', () => {
  let home: TempHome
  let server: CliServer
  let setupUrl: string
  let owner: OpenedPage
  let device: TempHome
  const credentials = () => join(device.path, '.config/clawlink/credentials.json')

  beforeAll(async () => {
    home = tempHome()
    server = await home.start(['--sandbox', '--port', '0', '--sandbox-port', '0'], { from: 'source' })
    setupUrl = JSON.parse(server.said().stdout).setupUrl
    const sandboxPort = new URL(server.sandbox?.url ?? '').port
    const input = `${server.sandbox?.apiKey}\n`
    await home.json(['connections', 'add', 'sandbox', '--sandbox-port', sandboxPort], { input })
    owner = await openPage(browser, { url: server.url, clock: movableClock(Date.now()) })
  })
  afterAll(async () => {
    await owner?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
    home[Symbol.dispose]()
  })
  beforeEach(() => {
    device = tempHome()
  })
  afterEach(() => device[Symbol.dispose]())

  /** Starts the real command on another machine; gives what it tells its user. */
  async function pair(...more: string[]): Promise<{ cli: CliProcess; link: string; code: string }> {
    const cli = spawnCli(['pair', '--url', server.url, ...more], { home: device.path })
    await expect.poll(() => cli.said().stderr, { timeout: 15_000 }).toContain('Waiting for a member')
    const { stderr } = cli.said()
    const link = /http:\S+\/pair\/\S+/.exec(stderr)?.[0] ?? ''
    const code = /this code: +(\S+)/.exec(stderr)?.[1] ?? ''
    return { cli, link, code }
  }

  test('the first-run link makes an account; nobody else can use it again', async () => {
    const { page } = owner
    await page.goto(setupUrl)
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('Email').fill('ada@example.com')
    await page.getByLabel('Password').fill('a long enough password')
    await page.getByRole('button', { name: 'Create account' }).click()
    await heading(page, 'You own this ClawLink')

    await using stranger = await openPage(browser, { url: server.url, clock: movableClock(Date.now()) })
    await stranger.page.goto(setupUrl)
    await heading(stranger.page, 'This ClawLink has an owner')
  })

  test('the page shows the code of the command; the key that it gets may do what was chosen there and no more', async () => {
    const { page } = owner
    const { cli, link, code } = await pair('--name', 'laptop')
    await using _ = cli
    await page.goto(link)
    expect(await codeOn(page)).toBe(code)
    await page.getByText('“laptop”').waitFor()

    await page.getByLabel(/^Write/).uncheck()
    await page.getByLabel(/^Destructive/).uncheck()
    await page.getByText(/^May read from every app with every live connection, until \d+ \w+ \d{4}\.$/).waitFor()
    await page.getByRole('button', { name: 'Approve' }).click()
    await heading(page, 'Paired')
    expect(await cli.ended).toBe(0)

    if (process.platform !== 'win32') expect(statSync(credentials()).mode & 0o777).toBe(0o600)
    const { key, agent } = JSON.parse(readFileSync(credentials(), 'utf8'))[server.url]
    expect(agent).toBe('laptop')
    expect(cli.said().stdout).not.toContain(key)
    expect(await page.content()).not.toContain(key)
    expect((await rest(server.url, key, '/whoami')).body).toMatchObject({
      agent: { name: 'laptop' },
      environment: 'live',
      scope: { effects: ['read'] },
    })
    const read = await rest(server.url, key, '/tools/sandbox_list_projects/calls', { arguments: {} })
    expect(read).toMatchObject({ status: 200, body: { outcome: 'succeeded' } })
    const letter = { arguments: { to: ['b@example.com'], subject: 'Hello', text: 'Hello' } }
    const write = await rest(server.url, key, '/tools/sandbox_send_message/calls', letter)
    expect(write).toMatchObject({ status: 403, body: { code: 'forbidden' } })

    await page.getByRole('link', { name: 'See your agents' }).click()
    await page.getByRole('list', { name: 'Keys of laptop' }).getByText('May read from every app').waitFor()
  })

  test('a used link says so, and offers nothing to approve', async () => {
    const { page } = owner
    const { cli, link } = await pair('--name', 'once')
    await using _ = cli
    await page.goto(link)
    await page.getByRole('button', { name: 'Approve' }).click()
    await heading(page, 'Paired')
    await cli.ended

    await page.goto(link)
    await heading(page, 'Paired')
    await page.getByText('This pairing is used up').waitFor()
    expect(await page.getByRole('button', { name: /Approve|Deny/ }).count()).toBe(0)
  })

  test('after Deny the command ends with a clear message and stores nothing', async () => {
    const { page } = owner
    const { cli, link } = await pair()
    await using _ = cli
    await page.goto(link)
    await page.getByRole('button', { name: 'Deny' }).click()
    await heading(page, 'Denied')
    expect(await cli.ended).toBe(1)
    expect(cli.said().stderr).toContain('A member denied this pairing.')
    expect(statSync(credentials(), { throwIfNoEntry: false })).toBeUndefined()
  })

  test('what the command asks for is what the page proposes', async () => {
    const { page } = owner
    const { cli, link } = await pair('--read-only', '--test')
    await using _ = cli
    await page.goto(link)
    expect(await page.getByLabel(/^Read/).isChecked()).toBe(true)
    expect(await page.getByLabel(/^Write/).isChecked()).toBe(false)
    expect(await page.getByLabel(/^Destructive/).isChecked()).toBe(false)
    expect(await page.getByLabel(/^Test/).isChecked()).toBe(true)
  })
})

describe('the page of a pairing', () => {
  let claw: TestClawLink
  let session: string
  beforeAll(async () => {
    claw = await startClawLink()
    session = (await openBrowser(claw)).session
  })
  afterAll(() => claw.stop())

  const linkOf = ({ id, userCode }: { id: string; userCode: string }) => `/pair/${id}?code=${userCode}`

  test('is found by a code in small letters without its dash, and decided, by keyboard alone', async () => {
    const device = await startDevice(claw, { label: 'by keyboard' })
    await using tab = await openPage(browser, claw, { session })
    const { page } = tab
    await tab.visit('/pair')
    await page.keyboard.type(device.userCode.replace('-', '').toLowerCase())
    await page.keyboard.press('Enter')
    await heading(page, 'Pair this device?')
    expect(await codeOn(page)).toBe(device.userCode)
    const deny = page.getByRole('button', { name: 'Deny' })
    for (let presses = 0; presses < 40; presses += 1) {
      if (await deny.evaluate(button => button === button.ownerDocument.activeElement)) break
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await heading(page, 'Denied')
    expect((await device.poll()).body).toEqual({ status: 'denied' })
  })

  test('says that a code is nobody’s', async () => {
    await using tab = await openPage(browser, claw, { session })
    await tab.visit('/pair')
    await tab.page.getByLabel('Code').fill('BCDF-GHJK')
    await tab.page.getByRole('button', { name: 'Find the device' }).click()
    await tab.page.getByText('No device shows this code.').waitFor()
  })

  test('brings who is not signed in to the sign-in first, and shows a stranger nothing', async () => {
    const device = await startDevice(claw, { label: 'secretive' })
    await using tab = await openPage(browser, claw)
    await tab.visit(linkOf(device))
    await heading(tab.page, 'Sign in')
    expect(new URL(tab.page.url()).searchParams.get('to')).toBe(linkOf(device))
    expect(await tab.page.content()).not.toContain('secretive')
  })

  test('refuses a link whose code is not the one of its pairing', async () => {
    const device = await startDevice(claw)
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(`/pair/${device.id}?code=BCDF-GHJK`)
    await tab.page.getByText('The code in the link is not the code of this pairing.').waitFor()
    expect(await tab.page.getByRole('button', { name: 'Approve' }).count()).toBe(0)
  })

  test('says that it is too late, also when that was only found out by approving', async () => {
    const device = await startDevice(claw)
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(linkOf(device))
    claw.clock.move(16 * 60_000)
    await tab.page.getByRole('button', { name: 'Approve' }).click()
    await heading(tab.page, 'Too late')
    expect((await device.poll()).body).toEqual({ status: 'expired' })
    await tab.visit(linkOf(device))
    await heading(tab.page, 'Too late')
    expect(await tab.page.getByRole('button', { name: 'Approve' }).count()).toBe(0)
  })

  test('shows what somebody else decided meanwhile', async () => {
    const device = await startDevice(claw)
    const bo = await openBrowser(claw, { name: 'Bo' })
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(linkOf(device))
    await bo.rest('POST', `/pairings/${device.id}/deny`)
    await tab.page.getByRole('button', { name: 'Approve' }).click()
    await heading(tab.page, 'Denied')
  })

  test('waits for the device after the approval, and says when it has its key', async () => {
    const device = await startDevice(claw, { label: 'slow' })
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(linkOf(device))
    await tab.page.getByRole('button', { name: 'Approve' }).click()
    await tab.page.getByText('Waiting for “slow” to fetch its key').waitFor()
    expect((await device.poll()).body.status).toBe('completed')
    await heading(tab.page, 'Paired')
  })

  test('lets a device become an agent that is there only when the member says so', async () => {
    const device = await startDevice(claw, { label: 'tester' })
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(linkOf(device))
    await tab.page.getByText('is taken: choose that agent, or another name').waitFor()
    const approve = tab.page.getByRole('button', { name: 'Approve' })
    expect(await approve.isDisabled()).toBe(true)
    await tab.page.getByLabel('It becomes').selectOption('tester')
    await approve.click()
    await heading(tab.page, 'Approved')
    expect((await device.poll()).body).toMatchObject({ status: 'completed', agent: 'tester' })
  })

  test('leaves out what is asked for and is not there, and says so', async () => {
    const device = await startDevice(claw, { label: 'greedy', scope: { providers: ['sandbox', 'nowhere'] } })
    await using tab = await openPage(browser, claw, { session })
    await tab.visit(linkOf(device))
    await tab.page.getByText('Left out: nowhere').waitFor()
    await tab.page.getByRole('button', { name: 'Approve' }).click()
    await heading(tab.page, 'Approved')
    const { key } = (await device.poll()).body
    const { body } = await claw.rest('GET', '/whoami', { key: String(key) })
    expect(body.scope).toEqual({ providers: ['sandbox'] })
  })

  describe.each(looks)('in $theme, $size', look => {
    test('has no barrier, no way sideways, and both answers in sight from the start', async () => {
      const device = await startDevice(claw, {
        label: 'A device with a name that is about as long as one can be, which wraps',
        host: 'a-rather-long-host-name.department.example.com',
        scope: { effects: ['read'] },
      })
      await using tab = await openPage(browser, claw, { ...look, session })
      await tab.visit(linkOf(device))
      await heading(tab.page, 'Pair this device?')
      expect(await tab.barriers()).toEqual([])
      expect(await tab.scrollsSideways()).toBe(false)
      for (const name of ['Deny', 'Approve']) {
        const { y = 0, height = 0 } = (await tab.page.getByRole('button', { name }).boundingBox()) ?? {}
        expect(y + height).toBeGreaterThan(0)
        expect(y + height).toBeLessThanOrEqual(sizes[look.size].height)
      }
      await tab.screenshot('pairing')
      await tab.visit('/pair')
      expect(await tab.barriers()).toEqual([])
      expect(await tab.scrollsSideways()).toBe(false)
    })
  })
})
