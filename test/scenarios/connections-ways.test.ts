/** Connecting an account in each way that needs nothing but what a person types in. */
import { describe, expect, test } from 'vitest'
import { type DemoClaw, me, startWithDemo } from '../kit/demo-provider.ts'

const add = (claw: DemoClaw, body: Record<string, unknown>) =>
  claw.rest('POST', '/connections', { body: { provider: 'demo', ...body } })

describe('connecting by fields', () => {
  test('sends each part where its way says, and keeps the open ones beside the sealed ones', async () => {
    await using claw = await startWithDemo()
    claw.demo.answers(me())
    const fields = { site: 'acme', app_key: 'planted-app', api_key: 'planted-api' }
    const { status, body, text } = await add(claw, { way: 'headers', fields })
    expect([status, body]).toMatchObject([
      201,
      {
        label: 'Mara',
        auth: 'headers',
        authLabel: 'two keys',
        metadata: { site: 'acme', region: 'eu', team: 't1' },
        account: { id: 'u1', label: 'Mara' },
      },
    ])
    expect(claw.demo.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /me'])
    expect(claw.demo.asked[0]?.headers).toMatchObject({
      'x-app': 'planted-app',
      'x-api': 'planted-api',
      'x-site': 'acme',
    })
    const rows = JSON.stringify([await claw.rows('connections'), await claw.rows('credentials')])
    expect(text + rows + claw.logged()).not.toContain('planted')
    claw.demo.answers(me())
    expect((await claw.call('demo_whoami')).status).toBe(200)
    expect(claw.demo.asked[1]?.headers).toMatchObject({ 'x-app': 'planted-app', 'x-api': 'planted-api' })
  })

  test('takes a lone secret beside the other fields', async () => {
    await using claw = await startWithDemo()
    claw.demo.answers(me(), me())
    expect((await add(claw, { fields: { site: 'acme' }, secret: 'k1' })).status).toBe(201)
    const user = { way: 'basic', fields: { site: 'acme', username: 'ann' }, secret: 'pass word', label: 'b' }
    expect((await add(claw, user)).status).toBe(201)
    expect(claw.demo.asked.map(({ headers }) => headers['x-key'] ?? headers.authorization)).toEqual([
      'k1',
      `Basic ${Buffer.from('ann:pass word').toString('base64')}`,
    ])
  })

  test('needs nothing for a provider without sign-in', async () => {
    await using claw = await startWithDemo()
    claw.demo.answers(me())
    expect(await add(claw, { provider: 'demo_open' })).toMatchObject({ status: 201, body: { auth: 'none' } })
  })

  test('gets a token first where the way needs one, and keeps what the next one is made from', async () => {
    await using claw = await startWithDemo()
    claw.demo.answers({ body: { access_token: 'planted-token', expires_in: 3600, scope: 'all' } }, me())
    const fields = { site: 'acme', client_id: 'c1', client_secret: 'planted-secret' }
    const { status, body, text } = await add(claw, { way: 'client_credentials', fields })
    expect([status, body]).toMatchObject([
      201,
      { auth: 'client_credentials', scopes: { asked: ['all'], granted: ['all'] }, expiresAt: null },
    ])
    const [token, probe] = claw.demo.asked
    expect([token?.path, Object.fromEntries(new URLSearchParams(token?.body))]).toEqual([
      '/token',
      { grant_type: 'client_credentials', client_id: 'c1', client_secret: 'planted-secret', scope: 'all' },
    ])
    expect(probe?.headers.authorization).toBe('Bearer planted-token')
    expect(await claw.rows('credentials')).toMatchObject([{ renewable: 1, format: 'parts' }])
    expect(text + claw.logged()).not.toContain('planted')
  })

  test('stores nothing when the token is refused', async () => {
    await using claw = await startWithDemo()
    claw.demo.answers({ status: 401, body: { error: 'invalid_client' } })
    const fields = { site: 'acme', client_id: 'c1', client_secret: 'planted-secret' }
    const answer = await add(claw, { way: 'client_credentials', fields })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.text).not.toContain('planted-secret')
    expect([await claw.rows('connections'), await claw.rows('credentials')]).toEqual([[], []])
  })

  test.each([
    ['a field that is missing', { fields: { site: 'acme' } }, ['secret']],
    ['one that does not match', { fields: { site: 'ac.me', secret: 'k' } }, ['site']],
    ['one that is none of the choices', { fields: { site: 'acme', region: 'mars', secret: 'k' } }, ['region']],
    ['one that is not asked for', { fields: { site: 'acme', secret: 'k', host: 'x' } }, ['host']],
    ['several at once', { fields: { region: 'mars' } }, ['site', 'region', 'secret']],
    ['a line break in a part', { fields: { site: 'acme', secret: 'k\r\nx: y' } }, ['secret']],
    ['a way that is not there', { way: 'magic', secret: 'k' }, ['way']],
    ['a secret that is not the only one', { way: 'headers', fields: { site: 'acme' }, secret: 'k' }, ['secret']],
  ])('names %s, and asks the provider nothing', async (_, body, named) => {
    await using claw = await startWithDemo()
    const answer = await add(claw, body)
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_error' } })
    const fields = (answer.body.invalidFields as { field: string }[]).map(({ field }) => field)
    expect(fields.toSorted()).toEqual(named.toSorted())
    expect(claw.demo.asked).toEqual([])
    expect(await claw.rows('connections')).toEqual([])
  })

  test('sends whoever wants an OAuth way to the browser', async () => {
    await using claw = await startWithDemo()
    const answer = await add(claw, { way: 'cloud' })
    expect(answer).toMatchObject({
      status: 400,
      body: {
        invalidFields: [{ field: 'way' }],
        link: `${claw.url}/connections?connect=demo`,
        fix: expect.stringContaining('connect session'),
      },
    })
  })
})
