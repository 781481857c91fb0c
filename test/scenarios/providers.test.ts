/** What can be connected, and what each way asks for. */
import { describe, expect, test } from 'vitest'
import { commandLine } from '../../src/accounts/audit.ts'
import { listProviders } from '../../src/connections/list-providers.ts'
import { addOAuthApp } from '../../src/connections/oauth-apps/add-oauth-app.ts'
import { startWithDemo } from '../kit/demo-provider.ts'
import { signIn } from '../kit/member.ts'

type Listed = { slug: string; ready: boolean; connections: number; tools: number; ways: { id: string }[] }

describe('the list of providers', () => {
  test('says of each how it is connected, how often it is, and whether it can be now', async () => {
    await using claw = await startWithDemo()
    const ada = await signIn(claw, { name: 'Ada' })
    await claw.connect()
    await claw.connect({ environment: 'test', label: 'test' })
    const items = (await ada.rest('GET', '/providers')).body.items as Listed[]
    const of = (slug: string) => items.find(each => each.slug === slug)
    expect(of('demo')).toEqual({
      slug: 'demo',
      name: 'Demo',
      about: 'A provider for tests.',
      category: 'tests',
      ways: [
        { id: 'api_key', kind: 'api_key', label: 'API key' },
        { id: 'basic', kind: 'basic', label: 'user and password' },
        { id: 'headers', kind: 'headers', label: 'two keys' },
        { id: 'client_credentials', kind: 'client_credentials', label: 'machine app' },
        { id: 'cloud', kind: 'oauth2', label: 'OAuth' },
      ],
      connections: 0,
      tools: 1,
      ready: true,
    })
    expect(of('demo_files')?.ready).toBe(false)
    expect(of('sandbox')).toMatchObject({ connections: 2, ready: true })
    const withoutSandbox = { ...claw.app, config: { ...claw.app.config, baseUrls: {} } }
    const listed = await listProviders(withoutSandbox, { workspaceId: claw.app.workspaceId, environment: 'live' })
    expect(listed.find(({ slug }) => slug === 'sandbox')?.ready).toBe(false)
    await addOAuthApp(
      claw.app,
      claw.app.workspaceId,
      { registration: 'demo-cloud', clientId: 'one' },
      { actor: commandLine },
    )
    const again = (await ada.rest('GET', '/providers')).body.items as Listed[]
    expect(again.find(each => each.slug === 'demo_files')?.ready).toBe(true)
  })

  test('a key sees its own providers and connections alone', async () => {
    await using claw = await startWithDemo()
    await claw.connect()
    await claw.connect({ environment: 'test', label: 'test' })
    const key = await claw.newKey({ scope: { providers: ['sandbox'] } })
    const items = (await claw.rest('GET', '/providers', { key })).body.items as Listed[]
    expect(items.map(({ slug, connections }) => [slug, connections])).toEqual([['sandbox', 1]])
    expect((await claw.rest('GET', '/providers/demo', { key })).status).toBe(404)
  })
})

describe('one provider', () => {
  test('tells all that a form for each of its ways needs', async () => {
    await using claw = await startWithDemo()
    const { body } = await claw.rest('GET', '/providers/demo')
    const blank = {
      hint: null,
      example: null,
      secret: false,
      options: null,
      default: null,
      optional: false,
      lines: false,
    }
    expect(body.inputs).toEqual({
      site: { ...blank, label: 'Site', example: 'acme' },
      region: { ...blank, label: 'Region', options: ['eu', 'us'], default: 'eu' },
    })
    const ways = body.ways as Record<string, unknown>[]
    expect(ways[0]).toEqual({
      id: 'api_key',
      kind: 'api_key',
      label: 'API key',
      console: 'https://demo.example/keys',
      advice: 'Tick read.',
      fields: { secret: { ...blank, label: 'API key', secret: true } },
      scopes: [],
      oauthApp: null,
    })
    expect(ways.at(-1)).toMatchObject({
      id: 'cloud',
      fields: {},
      scopes: ['read', 'write'],
      oauthApp: { registration: 'demo-cloud', ready: false, apps: [] },
    })
  })

  test('of an unknown name is refused with the known ones', async () => {
    await using claw = await startWithDemo()
    const { status, body } = await claw.rest('GET', '/providers/nowhere')
    expect([status, body]).toMatchObject([404, { code: 'provider_not_found' }])
    expect(body.choices).toContain('demo')
  })
})
