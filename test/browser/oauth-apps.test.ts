import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../../src/core/ids.ts'
import { openBrowser, type Browser as SignedIn } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { openPage } from './kit/open-page.ts'
import { startChromium } from './kit/start-chromium.ts'

let claw: TestClawLink
let browser: Browser
let ada: SignedIn

beforeAll(async () => {
  browser = await startChromium()
})
afterAll(() => browser.close())
beforeEach(async () => {
  claw = await startClawLink()
  ada = await openBrowser(claw)
})
afterEach(() => claw.stop())

/** For as long as a page may take on a busy machine. */
const soon = <T>(see: () => T) => expect.poll(see, { timeout: 15_000 })

const secret = 'planted-client-secret-1'
const clientId = '123-abc.apps.googleusercontent.com'
const redirectUri = () => `${claw.url}/connect/callback`

/** What Google gives to download for a client of a type, as a file of the disk is chosen. */
const clientFile = (type: 'web' | 'installed', redirectUris: string[]) => ({
  name: 'client_secret_123.json',
  mimeType: 'application/json',
  buffer: Buffer.from(
    JSON.stringify({
      [type]: {
        client_id: clientId,
        project_id: 'claw',
        client_secret: secret,
        redirect_uris: redirectUris,
      },
    }),
  ),
})

const fileInput = (page: Page) => page.locator('input[type=file]')
const apps = async () => (await ada.rest('GET', '/oauth-apps')).body.items as { id: string; clientId: string }[] // as documented
const add = async (body: object) => String((await ada.rest('POST', '/oauth-apps', body)).body.id)

/** A connection that was made with an OAuth app, as far as the list of OAuth apps looks at it. */
async function connectWith(appId: string): Promise<void> {
  await claw.app.db.write(async tx => {
    const row = await tx.selectFrom('connections').selectAll().executeTakeFirstOrThrow()
    await tx
      .insertInto('connections')
      .values({
        ...row,
        id: newId('conn', claw.clock.now()),
        label: `made with ${appId}`,
        account_id: appId,
        oauth_app_id: appId,
        is_default: 0,
      })
      .execute()
  })
}

/** Chooses what an OAuth app's menu offers. */
async function choose(page: Page, label: string, item: string) {
  await page.getByRole('button', { name: `More about ${label}` }).click()
  await page.getByRole('menuitem', { name: item }).press('Enter')
}

describe('the wizard', () => {
  test('leads through the steps, takes the downloaded file, and ends where the apps are connected', async () => {
    await using tab = await openPage(browser, claw, { session: ada.session })
    const { page } = tab
    await tab.visit('/connections')
    await page.getByRole('link', { name: 'OAuth apps' }).first().click()
    await page.getByRole('link', { name: 'Set up Google' }).click()
    await page.getByRole('heading', { name: 'Set up Google', level: 1 }).waitFor()
    await page.getByRole('list', { name: 'What it connects' }).getByText('Gmail', { exact: true }).waitFor()
    await soon(() => page.getByRole('link', { name: /console$/ }).getAttribute('href')).toMatch(/^https:/)

    const scopes = page.getByRole('region', { name: 'scopes' })
    const redirect = page.getByRole('region', { name: 'redirect URI' })
    const seen = { scopes: '', redirectUri: '' }
    for (;;) {
      if (await scopes.count()) seen.scopes = await scopes.innerText()
      if (await redirect.count()) seen.redirectUri = await redirect.innerText()
      const next = page.getByRole('button', { name: 'Done, next' })
      if (!(await next.count())) break
      const before = page.url()
      await next.click()
      await soon(() => page.url()).not.toBe(before)
    }
    expect(seen.redirectUri.trim()).toBe(redirectUri())
    expect(seen.scopes.split('\n')).toContain('https://www.googleapis.com/auth/userinfo.email')
    await page.reload()
    await fileInput(page).setInputFiles(clientFile('web', [redirectUri()]))
    await page.getByText('client_secret_123.json').waitFor()
    await page.getByRole('button', { name: 'Add OAuth app' }).click()

    await page.getByRole('heading', { name: 'Google is ready' }).waitFor()
    await page.getByText(clientId).waitFor()
    expect(await page.content()).not.toContain(secret)
    expect(await page.getByText('Something is still missing').count()).toBe(0)
    const connect = page.getByRole('region', { name: 'Connect now' }).getByRole('link', { name: 'Gmail' })
    expect(await connect.getAttribute('href')).toBe('/connections?connect=gmail')
    expect(await apps()).toMatchObject([{ registration: 'google', clientId, connections: 0 }])
  })

  test('goes back to the step before by the way back, and says at the end what the file still lacks', async () => {
    await using tab = await openPage(browser, claw, { session: ada.session })
    const { page } = tab
    await tab.visit('/connections/apps/google')
    await page.getByRole('button', { name: 'Done, next' }).click()
    await soon(() => new URL(page.url()).search).toBe('?step=2')
    await page.goBack()
    await soon(() => new URL(page.url()).search).toBe('')
    await page.getByRole('button', { name: /Bring it to ClawLink/ }).click()
    await fileInput(page).setInputFiles(clientFile('web', ['https://elsewhere.example/callback']))
    await page.getByRole('button', { name: 'Add OAuth app' }).click()
    await page.getByText(/is not among the redirect URIs in this file/).waitFor()
  })

  test.each([
    ['of another type of client', clientFile('installed', []), /it holds no client id \(it begins with installed\)/],
    [
      'that is no JSON',
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') },
      /it is not a JSON object/,
    ],
  ])('says what is wrong with a file %s, and takes the right one then', async (_, file, said) => {
    await using tab = await openPage(browser, claw, { session: ada.session })
    const { page } = tab
    await tab.visit('/connections/apps/google?step=99')
    await fileInput(page).setInputFiles(file)
    await page.getByRole('button', { name: 'Add OAuth app' }).click()
    await page.getByText(said).waitFor()
    expect(await apps()).toEqual([])
    await page.getByRole('button', { name: 'Choose another' }).click()
    await fileInput(page).setInputFiles(clientFile('web', [redirectUri()]))
    await page.getByRole('button', { name: 'Add OAuth app' }).click()
    await page.getByRole('heading', { name: 'Google is ready' }).waitFor()
  })

  test('does not even send a file that is far too large', async () => {
    await using tab = await openPage(browser, claw, { session: ada.session })
    await tab.visit('/connections/apps/google?step=99')
    const film = { name: 'film.json', mimeType: 'application/json', buffer: Buffer.alloc(70_000, 'x') }
    await fileInput(tab.page).setInputFiles(film)
    await tab.page.getByText('film.json is larger than such a file ever is').waitFor()
    expect(await tab.page.getByRole('button', { name: 'Add OAuth app' }).isDisabled()).toBe(true)
  })

  test('takes a file that is dropped', async () => {
    await using tab = await openPage(browser, claw, { session: ada.session })
    const { page } = tab
    await tab.visit('/connections/apps/google?step=99')
    const { name, mimeType, buffer } = clientFile('web', [redirectUri()])
    const dropped = await page.evaluateHandle(`(() => {
      const dropped = new DataTransfer()
      dropped.items.add(new File([${JSON.stringify(buffer.toString())}], '${name}', { type: '${mimeType}' }))
      return dropped
    })()`)
    await page.getByText('Drop the file here').dispatchEvent('drop', { dataTransfer: dropped })
    await page.getByRole('button', { name: 'Add OAuth app' }).click()
    await page.getByRole('heading', { name: 'Google is ready' }).waitFor()
  })

  test('also takes a client id and secret that are typed in', async () => {
    await using tab = await openPage(browser, claw, { session: ada.session })
    const { page } = tab
    await tab.visit('/connections/apps/google?step=99')
    await page.getByRole('button', { name: 'Type id and secret instead' }).click()
    await page.getByLabel('Client id').fill('has a space')
    await page.getByLabel('Client secret').fill(secret)
    await page.getByRole('button', { name: 'Add OAuth app' }).click()
    await page.getByText(/^Client id is empty, too long or holds a space$/).waitFor()
    await page.getByLabel('Client id').fill(clientId)
    await page.getByRole('button', { name: 'Add OAuth app' }).click()
    await page.getByRole('heading', { name: 'Google is ready' }).waitFor()
  })
})

describe('an OAuth app of one provider', () => {
  test('is found by a search and added, with all steps on one page', async () => {
    await using tab = await openPage(browser, claw, { session: ada.session })
    const { page } = tab
    await tab.visit('/connections/apps')
    await page.getByLabel('Search').fill('gmail')
    await page.getByRole('link', { name: 'Set up Google' }).waitFor()
    expect(await page.getByRole('link', { name: 'Slack' }).count()).toBe(0)
    await page.getByLabel('Search').fill('no such thing')
    await page.getByText('None of that name').waitFor()
    await page.getByLabel('Search').fill('slack')
    await page.getByRole('list', { name: 'Providers' }).getByRole('link', { name: 'Slack' }).click()
    expect((await page.getByRole('region', { name: 'redirect URI' }).innerText()).trim()).toBe(redirectUri())
    await page.getByLabel('Client id').fill('slack-client')
    await page.getByLabel('Client secret').fill(secret)
    await page.getByRole('button', { name: 'Add OAuth app' }).click()
    await page.getByRole('heading', { name: 'Slack is ready' }).waitFor()
    await page.getByRole('link', { name: 'All OAuth apps' }).first().click()
    await page.getByRole('list', { name: 'Your OAuth apps' }).getByText('slack-client').waitFor()
    expect(await page.content()).not.toContain(secret)
  })
})

describe('the OAuth apps that are there', () => {
  test('are renamed, get a new secret, and one of two becomes the default', async () => {
    await add({ registration: 'google', clientId: 'first-id', clientSecret: secret, label: 'First', isDefault: true })
    await add({ registration: 'google', clientId: 'second-id', clientSecret: secret, label: 'Second' })
    await using tab = await openPage(browser, claw, { session: ada.session })
    const { page } = tab
    await tab.visit('/connections/apps')
    await choose(page, 'Second', 'Rename…')
    await page.getByLabel('Label').fill('First')
    await page.getByRole('button', { name: 'Rename', exact: true }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Label').fill('The other')
    await page.getByRole('button', { name: 'Rename', exact: true }).click()
    await choose(page, 'The other', 'Change secret…')
    await page.getByLabel('New client secret').fill('planted-client-secret-2')
    await page.getByRole('button', { name: 'Change secret', exact: true }).click()
    await page.getByText('The new secret is sealed').waitFor()
    await choose(page, 'The other', 'Make default')
    const row = page.getByRole('listitem').filter({ hasText: 'second-id' })
    await row.getByText('default', { exact: true }).waitFor()
    expect(await page.getByText('default', { exact: true }).count()).toBe(1)
    expect(await apps()).toMatchObject([{ clientId: expect.any(String) }, { clientId: expect.any(String) }])
    expect(claw.answered() + (await page.content())).not.toMatch(/planted-client-secret/)
  })

  test('are removed after it was said what that breaks', async () => {
    const used = await add({ registration: 'google', clientId: 'used-id', clientSecret: secret, label: 'Used' })
    await add({ registration: 'google', clientId: 'idle-id', clientSecret: secret, label: 'Idle' })
    await connectWith(used)
    await using tab = await openPage(browser, claw, { session: ada.session })
    const { page } = tab
    await tab.visit('/connections/apps')
    await page.getByText('Used by 1 connection').waitFor()
    await choose(page, 'Idle', 'Remove…')
    await page.getByText('No connection uses it. At the provider').waitFor()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('Idle is removed.').waitFor()
    await choose(page, 'Used', 'Remove…')
    await page.getByText(/1 connection was made with it. It stops/).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await apps()).toHaveLength(1)
    await choose(page, 'Used', 'Remove…')
    await page.getByRole('button', { name: 'Remove it all the same' }).click()
    await page.getByText('Used is removed.').waitFor()
    expect(await apps()).toEqual([])
  })

  test('are seen by a member, who is told who may change them', async () => {
    await add({ registration: 'google', clientId: 'first-id', clientSecret: secret, label: 'First' })
    const member = await openBrowser(claw, { name: 'Grace', role: 'member' })
    await using tab = await openPage(browser, claw, { session: member.session })
    await tab.visit('/connections/apps')
    await tab.page.getByText('Owners and admins look after these.').waitFor()
    await tab.page.getByText('first-id').waitFor()
    expect(await tab.page.getByRole('button', { name: /More about/ }).count()).toBe(0)
    await tab.visit('/connections/apps/google?step=99')
    await tab.page.getByText('Only owners and admins can add it.').waitFor()
    expect(await tab.page.getByRole('button', { name: 'Add OAuth app' }).count()).toBe(0)
  })
})

test('the pages show themselves without a complaint, a barrier or a way sideways in any look', async () => {
  const first = await add({ registration: 'google', clientId, clientSecret: secret, isDefault: true })
  await add({ registration: 'google', clientId: '987-xyz', clientSecret: secret, label: 'Google for the shop' })
  await connectWith(first)
  await using tab = await openPage(browser, claw, { session: ada.session })
  const show = async (name: string) => expect(await tab.flaws(name)).toEqual([])
  for (const [name, path, heading] of [
    ['oauth-apps', '/connections/apps', 'OAuth apps'],
    ['oauth-app-step', '/connections/apps/google?step=5', 'Set up Google'],
    ['oauth-app-file', '/connections/apps/microsoft?step=99', 'Set up Microsoft'],
    ['oauth-app-plain', '/connections/apps/slack', 'Set up Slack'],
  ] as const) {
    await tab.visit(path)
    await tab.page.getByRole('heading', { name: heading, level: 1 }).waitFor()
    await show(name)
  }
  await tab.visit('/connections/apps/google?step=99')
  await show('oauth-app-drop')
  await fileInput(tab.page).setInputFiles(clientFile('installed', []))
  await tab.page.getByRole('button', { name: 'Add OAuth app' }).click()
  await tab.page.getByRole('alert').waitFor()
  await show('oauth-app-wrong-file')
  await tab.page.getByRole('button', { name: 'Choose another' }).click()
  await fileInput(tab.page).setInputFiles(clientFile('web', []))
  await tab.page.getByLabel('Label').fill('Google for the family')
  await tab.page.getByRole('button', { name: 'Add OAuth app' }).click()
  await tab.page.getByRole('heading', { name: 'Google for the family is ready' }).waitFor()
  await show('oauth-app-ready')
})
