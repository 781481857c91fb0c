/** Behind a reverse proxy: whose word about its clients counts, and where their addresses are used. */
import { expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { challengeOf } from '../kit/device.ts'

const from = (address: string) => ({ 'x-forwarded-for': address })
const pair = (claw: TestClawLink, headers: Record<string, string>) =>
  claw.rest('POST', '/pairings', { body: { label: 'x', challenge: challengeOf('v') }, headers })
const shown = ({ app }: TestClawLink, table: 'pairings' | 'audit') =>
  app.db.read
    .selectFrom(table)
    .select('address')
    .distinct()
    .execute()
    .then(rows => rows.map(({ address }) => address).sort())

test('a client behind a trusted proxy has limits of its own, and its own address on pages and in the audit record', async () => {
  await using claw = await startClawLink({ connected: false, config: { trustedProxies: ['127.0.0.0/8', '10.0.0.1'] } })
  for (let i = 0; i < 5; i++) expect((await pair(claw, from(`10.9.9.${i}, 203.0.113.7, 10.0.0.1`))).status).toBe(201)
  expect((await pair(claw, from('203.0.113.7'))).status).toBe(429)
  expect((await pair(claw, from('203.0.113.8'))).status).toBe(201)
  expect(await shown(claw, 'pairings')).toEqual(['203.0.113.7', '203.0.113.8'])
  const body = { provider: 'sandbox', secret: claw.sandbox.apiKey }
  expect((await claw.rest('POST', '/connections', { body, headers: from('203.0.113.9') })).status).toBe(201)
  expect(await shown(claw, 'audit')).toContain('203.0.113.9')
})

test('the addresses of one IPv6 network register no more OAuth clients than one address does', async () => {
  await using claw = await startClawLink({ connected: false, config: { trustedProxies: ['127.0.0.0/8'] } })
  const register = (address: string) =>
    claw.http({
      method: 'POST',
      path: '/oauth/register',
      headers: { 'content-type': 'application/json', ...from(address) },
      body: JSON.stringify({ redirect_uris: ['http://127.0.0.1/cb'], token_endpoint_auth_method: 'none' }),
    })
  for (let i = 0; i < 30; i++) expect((await register(`2001:db8::${i}`)).status).toBe(201)
  expect((await register('2001:db8::99')).status).toBe(429)
  expect((await register('2001:db8:0:1::1')).status).toBe(201)
})

test.each([
  ['by default', []],
  ['when it comes from elsewhere than a trusted proxy', ['10.0.0.1']],
])('what a request says about its client is not believed %s', async (_, trustedProxies) => {
  await using claw = await startClawLink({ connected: false, config: { trustedProxies } })
  const forged = { ...from('203.0.113.7'), forwarded: 'for=203.0.113.7', 'x-real-ip': '203.0.113.7' }
  expect((await pair(claw, forged)).status).toBe(201)
  expect(await shown(claw, 'pairings')).toEqual(['127.0.0.1'])
})
