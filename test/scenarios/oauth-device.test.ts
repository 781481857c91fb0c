/** The device flow (RFC 8628): a program without a browser shows a code, its person types it in ClawLink. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { everything, mcpStatus, postForm, refresh, register } from '../kit/oauth-client.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const registration = {
  client_name: 'Hermes',
  grant_types: [deviceGrant, 'refresh_token'],
  response_types: [],
  token_endpoint_auth_method: 'none',
}

let claw: TestClawLink
let browser: Browser

beforeAll(async () => {
  claw = await startClawLink()
  browser = await openBrowser(claw)
})

afterAll(() => claw?.stop())

async function begin() {
  claw.clock.move(10 * 60 * 1000)
  const client = await register(claw, registration)
  expect(client.status, JSON.stringify(client.body)).toBe(201)
  const clientId = String(client.body.client_id)
  const { status, body } = await postForm(claw, '/oauth/device-authorization', {
    client_id: clientId,
    resource: `${claw.url}/mcp`,
    scope: 'mcp',
  })
  expect(status, JSON.stringify(body)).toBe(200)
  const poll = () => {
    claw.clock.move(5000)
    return postForm(claw, '/oauth/token', {
      grant_type: deviceGrant,
      device_code: String(body.device_code),
      client_id: clientId,
    })
  }
  return { clientId, body, code: String(body.user_code), poll }
}

test('a device gets its tokens once its person has typed the code and agreed', async () => {
  const { clientId, body, code, poll } = await begin()
  expect(body).toMatchObject({
    user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
    verification_uri: `${claw.url}/device`,
    verification_uri_complete: `${claw.url}/device?user_code=${code}`,
    expires_in: 600,
  })
  expect((await poll()).body.error).toBe('authorization_pending')

  const typed = code.replace('-', ' ').toLowerCase()
  const shown = await browser.rest('GET', `/oauth/device?code=${encodeURIComponent(typed)}`)
  expect(shown.body).toMatchObject({
    client: { id: clientId, name: 'Hermes', redirectHost: '', loopbackOnly: false, verified: false },
    resource: `${claw.url}/mcp`,
    address: '127.0.0.1',
  })
  const approval = { code, workspaceId: claw.app.workspaceId, ...everything }
  expect((await browser.rest('POST', '/oauth/device/approve', approval)).body).toEqual({ status: 'approved' })

  const { status, body: tokens } = await poll()
  expect([status, tokens.token_type, tokens.scope]).toEqual([200, 'Bearer', 'mcp'])
  expect(await mcpStatus(claw, tokens.access_token)).toBe(200)
  expect((await refresh(claw, clientId, tokens.refresh_token)).status).toBe(200)
})

test('a device code works once', async () => {
  const { code, poll } = await begin()
  await browser.rest('POST', '/oauth/device/approve', { code, workspaceId: claw.app.workspaceId, ...everything })
  const { body: tokens } = await poll()
  expect((await poll()).body.error).toBe('invalid_grant')
  claw.clock.move(1000)
  expect(await mcpStatus(claw, tokens.access_token)).toBe(401)
})

test('a device is told when its person does not want it', async () => {
  const { code, poll } = await begin()
  expect((await browser.rest('POST', '/oauth/device/deny', { code })).body).toEqual({ status: 'denied' })
  expect((await poll()).body.error).toBe('access_denied')
})

test('a device that polls too often is told to slow down', async () => {
  const { clientId, body, poll } = await begin()
  await poll()
  const { body: told } = await postForm(claw, '/oauth/token', {
    grant_type: deviceGrant,
    device_code: String(body.device_code),
    client_id: clientId,
  })
  expect(told.error).toBe('slow_down')
  expect((await poll()).body.error).toBe('authorization_pending')
})

test('a code is decided about once', async () => {
  const { code } = await begin()
  const approval = { code, workspaceId: claw.app.workspaceId, ...everything }
  const decide = (how: string, sent: unknown) => browser.rest('POST', `/oauth/device/${how}`, sent)
  const answers = await Promise.all([decide('approve', approval), decide('deny', { code })])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
  expect((await browser.rest('GET', `/oauth/device?code=${code}`)).status).toBe(409)
})

test('a code ends after ten minutes', async () => {
  const { code, poll } = await begin()
  claw.clock.move(10 * 60 * 1000)
  expect((await browser.rest('GET', `/oauth/device?code=${code}`)).status).toBe(404)
  expect((await poll()).body.error).toBe('invalid_grant')
})

test('who guesses codes has to wait', async () => {
  const guesser = await openBrowser(claw, { name: 'Mallory', role: 'member' })
  const guesses = [...'BCDFGHJKLMNPQRSTVWXZ'].map(letter => guesser.rest('GET', `/oauth/device?code=BBBB-${letter}BBB`))
  const statuses = (await Promise.all(guesses)).map(({ status }) => status)
  expect(statuses.filter(status => status !== 429)).toEqual(Array(10).fill(404))
  const { code } = await begin()
  expect((await browser.rest('GET', `/oauth/device?code=${code}`)).status).toBe(200)
})

test('the code of a device is not in what the database keeps', async () => {
  const { body, code } = await begin()
  const rows = JSON.stringify(await claw.app.db.read.selectFrom('oauth_records').selectAll().execute())
  for (const secret of [String(body.device_code), code, code.replace('-', '')]) expect(rows).not.toContain(secret)
})
