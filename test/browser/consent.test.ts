/** Programs that ask to be let in by OAuth, and the pages on which a person decides. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { challengeOf, mcpStatus, openClawRegistration, postForm, register } from '../kit/oauth-client.ts'
import { looks, sizes } from './kit/looks.ts'
import { type OpenedPage, type OpenOptions, openPage } from './kit/open-page.ts'
import { startChromium } from './kit/start-chromium.ts'

let browser: Browser
let claw: TestClawLink
let session: string
/** Where a program on this computer listens for its answer. */
let listener: Server
let redirectUri: string

beforeAll(async () => {
  claw = await startClawLink()
  browser = await startChromium()
  session = (await openBrowser(claw)).session
  listener = createServer((_, answer) => answer.end('You can close this page.')).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo // a TCP server has a port
  redirectUri = `http://127.0.0.1:${port}/oauth/callback`
})
afterAll(async () => {
  await browser.close()
  listener.close()
  await claw.stop()
})

const resource = () => `${claw.app.url()}/mcp`

async function newClient(more: object = {}): Promise<string> {
  const { body } = await register(claw, { ...openClawRegistration, redirect_uris: [redirectUri], ...more })
  return String(body.client_id)
}

/** A browser in which a program has just opened the authorization page. */
async function askedIn(options: OpenOptions = {}): Promise<{ tab: OpenedPage; clientId: string; verifier: string }> {
  const clientId = await newClient()
  const verifier = randomBytes(32).toString('base64url')
  const tab = await openPage(browser, claw, { session, ...options })
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
    state: 'a-state',
    resource: resource(),
    scope: 'mcp',
  })
  await tab.visit(`/oauth/authorize?${query}`)
  return { tab, clientId, verifier }
}

const scopeOfToken = async (token: unknown) => {
  const { body } = await claw.mcp(
    'tools/call',
    { name: 'clawlink_whoami', arguments: {} },
    {
      authorization: `Bearer ${token}`,
    },
  )
  return JSON.stringify(body)
}

describe('a program that asks in the browser', () => {
  test('is let in with exactly what was chosen, and gets its answer', async () => {
    const { tab, clientId, verifier } = await askedIn()
    await using _ = tab
    const { page } = tab
    await page.getByRole('heading', { level: 1, name: 'Let this program in?' }).waitFor()
    await page.getByText('“OpenClaw MCP”').waitFor()
    await page.getByText('unknown maker: it registered itself').waitFor()
    await page.getByText('The answer goes to a program on this computer.').waitFor()
    expect(await page.getByLabel(/^Destructive/).isChecked()).toBe(false)
    await page.getByLabel(/^Write/).uncheck()
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL(`${redirectUri}?**`)
    const { searchParams } = new URL(page.url())
    expect(searchParams.get('state')).toBe('a-state')
    const { body: tokens } = await postForm(claw, '/oauth/token', {
      grant_type: 'authorization_code',
      client_id: clientId,
      code: searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: verifier,
      resource: resource(),
    })
    expect(await mcpStatus(claw, tokens.access_token)).toBe(200)
    const told = await scopeOfToken(tokens.access_token)
    expect(told).toContain('OpenClaw MCP')
    const { items } = (await claw.rest('GET', '/agents', { key: null, headers: { cookie: session } })).body as {
      items: { name: string; keys: { scope: object; expiresAt: string }[] }[]
    } // as documented
    const [key] = items.find(({ name }) => name === 'OpenClaw MCP')?.keys ?? []
    expect(key).toMatchObject({ scope: { effects: ['read'] } })
    expect(Date.parse(key?.expiresAt ?? '')).toBe(claw.clock.now() + 90 * 24 * 3_600_000)
  })

  test('that ClawLink does not know is not let in, and the page says what to do about it', async () => {
    await using tab = await openPage(browser, claw)
    await tab.visit(`/oauth/authorize?client_id=gone&redirect_uri=${redirectUri}&response_type=code`)
    await tab.page.getByRole('heading', { level: 1, name: 'This program cannot be let in' }).waitFor()
    await tab.page.getByText('ClawLink does not know it.').waitFor()
    expect(await tab.flaws('consent-refused')).toEqual([])
  })

  test('is told when the person denies it', async () => {
    const { tab } = await askedIn()
    await using _ = tab
    await tab.page.getByRole('button', { name: 'Deny' }).click()
    await tab.page.waitForURL(`${redirectUri}?**`)
    expect(new URL(tab.page.url()).searchParams.get('error')).toBe('access_denied')
  })

  test('waits while the person signs in', async () => {
    const { tab } = await askedIn({ session: 'clawlink_session=' })
    await using _ = tab
    await tab.page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
    expect(new URL(tab.page.url()).searchParams.get('to')).toMatch(/^\/consent\//)
  })

  test('cannot be decided about in another browser, which is told what to do', async () => {
    const { tab } = await askedIn()
    await using _ = tab
    await using other = await openPage(browser, claw, { session: (await openBrowser(claw)).session })
    await other.visit(new URL(tab.page.url()).pathname)
    await other.page.getByText('Start again in the program that wants access.').waitFor()
    expect(await other.page.getByRole('button', { name: /Allow|Deny/ }).count()).toBe(0)
  })

  test('cannot be decided about when it is too late', async () => {
    const { tab } = await askedIn()
    await using _ = tab
    const { pathname } = new URL(tab.page.url())
    claw.clock.move(31 * 60_000)
    await tab.page.getByRole('button', { name: 'Allow' }).click()
    await tab.page.getByText('This browser has no such request to decide about.').waitFor()
    await tab.visit(pathname)
    await tab.page.getByRole('heading', { level: 1, name: 'Nothing to decide here' }).waitFor()
  })
})

describe('a device that shows a code', () => {
  async function waiting(): Promise<{ clientId: string; deviceCode: string; userCode: string; link: string }> {
    const grants = ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token']
    const clientId = await newClient({
      client_name: 'A television',
      grant_types: grants,
      redirect_uris: [],
      response_types: [],
    })
    const { body } = await postForm(claw, '/oauth/device-authorization', { client_id: clientId, resource: resource() })
    const link = new URL(String(body.verification_uri_complete))
    return {
      clientId,
      deviceCode: String(body.device_code),
      userCode: String(body.user_code),
      link: link.pathname + link.search,
    }
  }
  const poll = ({ clientId, deviceCode }: { clientId: string; deviceCode: string }) => {
    claw.clock.move(10_000)
    return postForm(claw, '/oauth/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: clientId,
      device_code: deviceCode,
      resource: resource(),
    })
  }

  test('is let in by its code, typed in small letters', async () => {
    const device = await waiting()
    await using tab = await openPage(browser, claw, { session })
    const { page } = tab
    await tab.visit('/device')
    await page.getByLabel('Code').fill(device.userCode.toLowerCase().replace('-', ' '))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Let this device in?' }).waitFor()
    await page.getByText('“A television”').waitFor()
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByText('“A television” is let in.').waitFor()
    const { body } = await poll(device)
    expect(await mcpStatus(claw, body.access_token)).toBe(200)
  })

  test('has its code filled in by its own link, and is told when the person denies it', async () => {
    const device = await waiting()
    await using tab = await openPage(browser, claw, { session })
    const { page } = tab
    await tab.visit(device.link)
    expect(await page.getByLabel('Code').inputValue()).toBe(device.userCode)
    await page.getByRole('button', { name: 'Find the device' }).click()
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.getByText('“A television” is not let in.').waitFor()
    expect((await poll(device)).body.error).toBe('access_denied')
  })

  test('that does not exist is not found', async () => {
    await using tab = await openPage(browser, claw, { session })
    await tab.visit('/device')
    await tab.page.getByLabel('Code').fill('BCDF-GHJK')
    await tab.page.getByRole('button', { name: 'Find the device' }).click()
    await tab.page.getByText('No device shows this code.').waitFor()
  })
})

describe('somebody in two workspaces', () => {
  test('chooses which one a program is let into', async () => {
    const both = await openBrowser(claw, { name: 'Cy' })
    const { body: other } = await both.rest('POST', '/workspaces', { name: 'Second' })
    const { tab } = await askedIn({ session: both.session })
    await using _ = tab
    await tab.page.getByLabel('Into the workspace').selectOption('Second')
    await tab.page.getByText('May read from and write to every app').waitFor()
    await tab.page.getByRole('button', { name: 'Allow' }).click()
    await tab.page.waitForURL(`${redirectUri}?**`)
    const inOther = { 'x-clawlink-workspace': String(other.id) }
    const { text } = await both.rest('GET', '/agents', undefined, inOther)
    expect(text).toContain('OpenClaw MCP')
  })
})

describe.each(looks)('in $theme, $size', look => {
  test('the consent has no barrier, no way sideways, and its warning and both answers in sight from the start', async () => {
    const { tab } = await askedIn(look)
    await using _ = tab
    const allow = tab.page.getByRole('button', { name: 'Allow' })
    await allow.waitFor()
    const warning = await tab.page.getByText('Any program here can listen there').boundingBox()
    const answers = await allow.boundingBox()
    if (!warning || !answers) throw new Error('the warning or the answers are not there')
    expect(warning.y + warning.height).toBeLessThan(answers.y)
    expect(answers.y + answers.height).toBeLessThanOrEqual(sizes[look.size].height)
    expect(await tab.barriers()).toEqual([])
    expect(await tab.scrollsSideways()).toBe(false)
    await tab.screenshot('consent')
    await tab.visit('/device')
    expect(await tab.barriers()).toEqual([])
    expect(await tab.scrollsSideways()).toBe(false)
  })
})
