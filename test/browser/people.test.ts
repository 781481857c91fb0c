/** A first owner, a colleague by invitation, one-time codes, sessions: as people do it, in real browsers. */
import { Secret, TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { firstRunLink } from '../../src/accounts/people/owner-link.ts'
import { Secret as Hidden } from '../../src/core/secret.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { startOpenIdProvider } from '../kit/openid-provider.ts'
import { invitationTo, signUp } from '../kit/person.ts'
import { type OpenedPage, openPage } from './kit/open-page.ts'
import { startChromium } from './kit/start-chromium.ts'

const ada = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'four plain words here' }
const grace = { name: 'Grace Hopper', email: 'grace@example.com', password: 'another fine phrase' }

let claw: TestClawLink
let browser: Browser
let owner: OpenedPage

beforeAll(async () => {
  claw = await startClawLink()
  browser = await startChromium()
  owner = await openPage(browser, claw)
})
afterAll(async () => {
  await owner?.[Symbol.asyncDispose]()
  await browser.close()
  await claw.stop()
})

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()
const pathOf = (page: Page) => new URL(page.url()).pathname

async function signIn(page: Page, { email, password }: { email: string; password: string }) {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function signOut(page: Page) {
  await page.getByRole('button', { name: /You:/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).press('Enter')
  await heading(page, 'Sign in')
}

describe('people, each step after the one before', () => {
  let recoveryCodes: string[] = []

  test('the first-run link makes the first owner, and leads on', async () => {
    const { page } = owner
    await page.goto((await firstRunLink(claw.app)) ?? '')
    await page.getByLabel('Your name').fill(ada.name)
    await page.getByLabel('Email').fill(ada.email)
    await page.getByLabel('Password').fill(ada.password)
    await page.getByRole('button', { name: 'Create account' }).click()
    await heading(page, 'You own this ClawLink')
    expect(page.url()).not.toContain('#')
    await page.getByRole('link', { name: 'Go to Home' }).click()
    await heading(page, 'Hello, Ada')
  })

  test('an invitation link brings a colleague in with the role that it was made for', async () => {
    const { page } = owner
    await page.getByRole('link', { name: 'Members' }).click()
    await page.getByRole('button', { name: 'Invite' }).click()
    await page.getByLabel('Email').fill(grace.email)
    await page.getByText('Admin', { exact: true }).click()
    await page.getByRole('button', { name: 'Make link' }).click()
    const link = (await page.getByLabel('invitation link', { exact: true }).textContent()) ?? ''
    await page.getByText('It leads to this computer alone.').waitFor()
    await page.getByRole('button', { name: 'Done' }).click()

    await using guest = await openPage(browser, claw)
    await guest.page.goto(link)
    await heading(guest.page, /^Join/)
    await guest.page.getByLabel('Your name').fill(grace.name)
    await guest.page.getByLabel('Password').fill(grace.password)
    await guest.page.getByRole('button', { name: /Create account/ }).click()
    await heading(guest.page, 'Hello, Grace')
    const members = await claw.app.db.read.selectFrom('members').select('role').orderBy('created_at').execute()
    expect(members.map(({ role }) => role)).toEqual(['owner', 'admin'])

    await page.reload()
    await page.getByLabel('Role of Grace Hopper').selectOption('member')
    await page.getByText('Grace Hopper is member now.').waitFor()
  })

  test('one-time codes are turned on with the code of an app, and give recovery codes once', async () => {
    const { page } = owner
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'Turn on…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Password').fill(ada.password)
    await dialog.getByRole('button', { name: 'Continue' }).click()
    const secret = (await dialog.getByLabel('key for the authenticator app', { exact: true }).textContent()) ?? ''
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: claw.clock.now() })
    await dialog.getByLabel('Code', { exact: true }).fill(code)
    await dialog.getByRole('button', { name: 'Turn on', exact: true }).click()
    const codes = await dialog.getByLabel('recovery codes', { exact: true }).textContent()
    recoveryCodes = codes?.split(/\s+/) ?? []
    expect(recoveryCodes.length).toBeGreaterThan(5)
    await dialog.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('Signing in asks for a code.').waitFor()
  })

  test('signing in then asks for a code, and goes on to the page that was asked for', async () => {
    const { page } = owner
    await signOut(page)
    await page.goto('/audit')
    await heading(page, 'Sign in')
    await signIn(page, ada)
    await page.getByLabel('Code', { exact: true }).fill(recoveryCodes[0] ?? '')
    await page.getByRole('button', { name: 'Continue' }).click()
    await heading(page, 'Audit')
    expect(pathOf(page)).toBe('/audit')
  })

  test('a session that is ended in the list ends in the other browser', async () => {
    await using elsewhere = await openPage(browser, claw)
    await elsewhere.visit('/sign-in')
    await signIn(elsewhere.page, ada)
    await elsewhere.page.getByLabel('Code', { exact: true }).fill(recoveryCodes[1] ?? '')
    await elsewhere.page.getByRole('button', { name: 'Continue' }).click()
    await heading(elsewhere.page, 'Hello, Ada')

    await owner.visit('/settings')
    await owner.page.getByRole('button', { name: 'Sign out' }).first().click()
    await owner.page.getByText('Signed out there.').waitFor()
    await elsewhere.page.getByRole('link', { name: 'Members' }).click()
    await heading(elsewhere.page, 'Sign in')
  })

  test('a wrong password says no more than that, and a used first-run link makes nobody else an owner', async () => {
    await using stranger = await openPage(browser, claw)
    await stranger.visit('/sign-in')
    await signIn(stranger.page, { email: ada.email, password: 'not the password' })
    await stranger.page
      .getByRole('alert')
      .getByText(/do not belong together/)
      .waitFor()
    await stranger.visit('/setup#cli_000000000000000000000000000000000000000000000000')
    await heading(stranger.page, 'This ClawLink has an owner')
  })
})

test('an account elsewhere is linked with the password, and signing in there goes on to the page that was asked for, too', async () => {
  await using provider = await startOpenIdProvider()
  const { issuer, clientId, clientSecret } = provider
  const oidc = { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: new Hidden(clientSecret) }
  await using works = await startClawLink({ connected: false, config: { ...oidc, oidcLabel: 'Works' } })
  const { email, password } = await signUp(works)
  {
    await using member = await openPage(browser, works)
    await member.page.goto('/sign-in?to=/settings')
    await signIn(member.page, { email, password })
    await member.page.getByRole('button', { name: 'Link Works' }).click()
    await member.page.getByRole('dialog').getByLabel('Password').fill(password)
    const back = member.page.waitForResponse(answer => answer.url().includes('/auth/oidc/callback'))
    await member.page.getByRole('button', { name: 'Continue' }).click()
    expect((await back).headers().location).toBe(`${works.url}/settings`)
    await heading(member.page, 'Settings')
  }
  provider.person = { ...provider.person, sub: 'another' }
  await invitationTo(works, { role: 'admin', email: 'ada@example.com' })
  await using visitor = await openPage(browser, works)
  await visitor.page.goto('/audit')
  await heading(visitor.page, 'Sign in')
  await visitor.page.getByRole('button', { name: 'Continue with Works' }).click()
  await heading(visitor.page, 'Audit')
  expect(new URL(visitor.page.url())).toMatchObject({ pathname: '/audit', hash: '' })
})
