/** OAuth apps that a workspace registered at providers. */
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { clientOf } from '../../src/connections/oauth-apps/client-of.ts'
import type { AppAuth } from '../../src/connections/oauth-apps/registrations.ts'
import { Fault } from '../../src/core/errors.ts'
import type { StartOptions } from '../kit/clawlink.ts'
import { type DemoClaw, startWithDemo } from '../kit/demo-provider.ts'
import { type Member, signIn } from '../kit/member.ts'
import { stored } from '../kit/stored.ts'

async function started(options: StartOptions = {}) {
  const claw = await startWithDemo(options)
  const owner = await signIn(claw, { name: 'Ada', role: 'owner' })
  return Object.assign(claw, { owner })
}

const add = (member: Member, body: Record<string, unknown>) =>
  member.rest('POST', '/oauth-apps', { registration: 'demo-cloud', clientId: 'client-1', ...body })

const list = async (member: Member) => (await member.rest('GET', '/oauth-apps')).body.items as Record<string, unknown>[]

/** As whom ClawLink goes to the provider now. */
async function client(claw: DemoClaw, appId?: string, slug = 'demo') {
  const provider = claw.app.catalog.providers.get(slug)
  const auth = provider?.connector.auth.find(each => each.id === 'cloud') as AppAuth // as the demo has it
  if (!provider) throw new Error('the demo has changed')
  const found = await clientOf(claw.app, claw.app.workspaceId, provider, auth, appId)
  return found instanceof Fault ? found : { ...found, secret: found.secret?.reveal(), key: found.privateKey?.reveal() }
}

describe('adding an OAuth app', () => {
  test('seals its secret, shows the rest, and serves every provider of its registration', async () => {
    await using claw = await started()
    const { status, body, text } = await add(claw.owner, { clientSecret: 'planted-secret' })
    expect([status, body]).toEqual([
      201,
      {
        id: expect.stringMatching(/^oapp_/),
        registration: 'demo-cloud',
        registrationName: 'Demo Cloud',
        label: 'Demo Cloud',
        clientId: 'client-1',
        isDefault: false,
        connections: 0,
        createdAt: new Date(claw.clock.now()).toISOString(),
        warnings: [],
      },
    ])
    const { warnings, ...shown } = body
    expect(await list(claw.owner)).toEqual([shown])
    for (const slug of ['demo', 'demo_files'])
      expect(await client(claw, undefined, slug)).toMatchObject({ id: 'client-1', secret: 'planted-secret' })
    const rows = await stored(claw, ['oauth_apps', 'seals', 'audit'])
    expect(text + rows + claw.logged() + claw.answered()).not.toContain('planted-secret')
  })

  test('keeps a private key the same way', async () => {
    await using claw = await started()
    const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
    expect((await add(claw.owner, { privateKey: pem, keyId: 'k1' })).status).toBe(201)
    expect(await client(claw)).toMatchObject({ secret: undefined, key: pem, keyId: 'k1' })
    expect((await stored(claw, ['oauth_apps', 'seals'])).includes(pem.split('\n')[1] ?? '')).toBe(false)
  })

  test.each([
    ['an unknown registration', { registration: 'none' }, 404],
    ['a client id with a space', { clientId: 'a b' }, 400],
    ['a secret with a line break', { clientSecret: 'planted\nx: y' }, 400],
    ['a private key that is none', { privateKey: 'planted' }, 400],
    ['a label with a line break', { label: 'a\nb' }, 400],
    ['no client id', { clientId: undefined }, 400],
  ])('refuses %s, and stores nothing', async (_, body, status) => {
    await using claw = await started()
    const answer = await add(claw.owner, { clientSecret: 'planted', ...body })
    expect(answer.status).toBe(status)
    expect(answer.text).not.toContain('planted')
    expect(await list(claw.owner)).toEqual([])
  })

  test('several of one registration have labels of their own, and one default at most', async () => {
    await using claw = await started()
    const first = await add(claw.owner, { isDefault: true })
    const second = await add(claw.owner, { clientId: 'client-2', isDefault: true })
    expect([first.body.label, second.body.label]).toEqual(['Demo Cloud', 'Demo Cloud 2'])
    expect((await list(claw.owner)).map(({ isDefault }) => isDefault)).toEqual([false, true])
    expect((await add(claw.owner, { label: 'Demo Cloud' })).status).toBe(409)
    await add(claw.owner, { registration: 'sandbox', isDefault: true })
    await claw.owner.rest('PATCH', `/oauth-apps/${first.body.id}`, { isDefault: true })
    expect((await list(claw.owner)).map(({ isDefault }) => isDefault)).toEqual([true, false, true])
  })
})

describe('the file of the provider', () => {
  const file = (claw: DemoClaw, web: object = {}) =>
    JSON.stringify({
      web: {
        client_id: 'from-file',
        client_secret: 'planted-file',
        redirect_uris: [`${claw.url}/connect/callback`],
        ...web,
      },
    })
  const imported = (claw: DemoClaw & { owner: Member }, clientFile: string) =>
    add(claw.owner, { clientId: undefined, clientFile })

  test('gives client id and secret', async () => {
    await using claw = await started()
    expect(await imported(claw, file(claw))).toMatchObject({
      status: 201,
      body: { clientId: 'from-file', warnings: [] },
    })
    expect(await client(claw)).toMatchObject({ id: 'from-file', secret: 'planted-file' })
  })

  test('without our redirect URI is taken with a warning that names it', async () => {
    await using claw = await started()
    const { status, body } = await imported(claw, file(claw, { redirect_uris: ['https://else.example/cb'] }))
    expect(status).toBe(201)
    expect(body.warnings).toEqual([expect.stringContaining(`${claw.url}/connect/callback`)])
  })

  test.each([
    ['is no JSON', 'planted', 'not a JSON object'],
    ['is a list', '["planted"]', 'not a JSON object'],
    ['is of another type of app', '{"installed":{"client_id":"planted"}}', 'begins with installed'],
    ['has no client id', '{"web":{"client_secret":"planted"}}', 'no client id'],
  ])('that %s is refused with what is wrong', async (_, text, words) => {
    await using claw = await started()
    const answer = await imported(claw, text)
    expect(answer).toMatchObject({ status: 400, body: { invalidFields: [{ field: 'clientFile' }] } })
    expect(answer.body.detail).toContain(words)
    expect(answer.text).not.toContain('planted')
  })
})

describe('choosing an OAuth app', () => {
  test('takes the named one, else the default, else the only one; of several it asks which', async () => {
    await using claw = await started()
    expect(await client(claw)).toMatchObject({
      code: 'not_connected',
      details: { link: `${claw.url}/connections/apps` },
    })
    const one = String((await add(claw.owner, { clientId: 'one' })).body.id)
    expect(await client(claw)).toMatchObject({ id: 'one', appId: one })
    const two = String((await add(claw.owner, { clientId: 'two' })).body.id)
    expect(await client(claw)).toMatchObject({ code: 'validation_error', details: { choices: { length: 2 } } })
    expect(await client(claw, one)).toMatchObject({ id: 'one' })
    await claw.owner.rest('PATCH', `/oauth-apps/${two}`, { isDefault: true })
    expect(await client(claw)).toMatchObject({ id: 'two' })
    expect(await client(claw, 'oapp_none')).toMatchObject({ code: 'not_connected' })
  })

  test('never takes one of another workspace', async () => {
    await using claw = await started()
    const { body } = await add(claw.owner, {})
    await claw.app.db.write(async tx => {
      await tx.insertInto('workspaces').values({ id: 'ws_other', name: 'Other', created_at: 0 }).execute()
      await tx.updateTable('oauth_apps').set({ workspace_id: 'ws_other' }).execute()
    })
    expect(await client(claw)).toMatchObject({ code: 'not_connected' })
    expect(await client(claw, String(body.id))).toMatchObject({ code: 'not_connected' })
    expect(await list(claw.owner)).toEqual([])
    expect((await claw.owner.rest('DELETE', `/oauth-apps/${body.id}`)).status).toBe(404)
  })
})

describe('changing and removing', () => {
  test('a new secret counts at once and keeps the rest', async () => {
    await using claw = await started()
    const { body } = await add(claw.owner, { clientSecret: 'old', label: 'mine' })
    const changed = await claw.owner.rest('PATCH', `/oauth-apps/${body.id}`, { clientSecret: 'new' })
    expect(changed).toMatchObject({ status: 200, body: { label: 'mine', clientId: 'client-1' } })
    expect(await client(claw)).toMatchObject({ secret: 'new' })
    expect((await claw.owner.rest('PATCH', `/oauth-apps/${body.id}`, { label: 'post' })).body.label).toBe('post')
    expect(await client(claw)).toMatchObject({ secret: 'new' })
  })

  test('with a new secret, the connections that were in trouble with it are checked again', async () => {
    await using claw = await started({ config: { roles: ['web'] } })
    const { id: appId } = (await add(claw.owner, { clientSecret: 'old' })).body
    const [ill, well, other] = [await claw.connect(), await claw.connect(), await claw.connect()]
    await claw.app.db.write(async tx => {
      const change = (id: string, set: { oauth_app_id?: string; state: 'needs_reauth' | 'healthy' }) =>
        tx.updateTable('connections').set(set).where('id', '=', id).execute()
      await change(ill.id, { oauth_app_id: String(appId), state: 'needs_reauth' })
      await change(well.id, { oauth_app_id: String(appId), state: 'healthy' })
      await change(other.id, { state: 'needs_reauth' })
    })
    const checks = () =>
      claw.app.db.read.selectFrom('jobs').select('subject').where('kind', '=', 'check_connection').execute()
    await claw.owner.rest('PATCH', `/oauth-apps/${appId}`, { label: 'mine' })
    expect(await checks()).toEqual([])
    await claw.owner.rest('PATCH', `/oauth-apps/${appId}`, { clientSecret: 'new', label: 'mine too' })
    expect(await checks()).toEqual([{ subject: ill.id }])
  })

  test('one that connections use goes only by force, and its secret goes with it', async () => {
    await using claw = await started()
    const { body } = await add(claw.owner, { clientSecret: 'old' })
    const { id } = await claw.connect()
    await claw.app.db.write(tx =>
      tx
        .updateTable('connections')
        .set({ oauth_app_id: String(body.id) })
        .where('id', '=', id)
        .execute(),
    )
    expect((await list(claw.owner))[0]?.connections).toBe(1)
    expect((await claw.owner.rest('DELETE', `/oauth-apps/${body.id}`)).status).toBe(409)
    const forced = await claw.owner.rest('DELETE', `/oauth-apps/${body.id}?force=true`)
    expect(forced).toMatchObject({ status: 200, body: { id: body.id, connections: 1 } })
    expect(await list(claw.owner)).toEqual([])
    expect(await claw.app.db.read.selectFrom('seals').selectAll().where('id', '=', String(body.id)).execute()).toEqual(
      [],
    )
  })

  test('is for owners and admins; members see, and keys do not', async () => {
    await using claw = await started()
    const { body } = await add(claw.owner, {})
    const member = await signIn(claw, { name: 'Bo', role: 'member' })
    expect(await list(member)).toHaveLength(1)
    expect((await add(member, {})).status).toBe(403)
    expect((await member.rest('PATCH', `/oauth-apps/${body.id}`, { isDefault: true })).status).toBe(403)
    expect((await member.rest('DELETE', `/oauth-apps/${body.id}`)).status).toBe(403)
    expect((await claw.rest('GET', '/oauth-apps')).status).toBe(403)
    const admin = await signIn(claw, { name: 'Cy', role: 'admin' })
    expect((await add(admin, { clientId: 'two' })).status).toBe(201)
  })

  test('leaves its mark in the audit record, without a secret', async () => {
    await using claw = await started()
    const { body } = await add(claw.owner, { clientSecret: 'planted' })
    await claw.owner.rest('PATCH', `/oauth-apps/${body.id}`, { clientSecret: 'planted-too' })
    await claw.owner.rest('DELETE', `/oauth-apps/${body.id}`)
    const audit = await claw.owner.rest('GET', '/audit')
    const actions = (audit.body.items as { action: string }[]).map(({ action }) => action)
    expect(actions.slice(0, 3)).toEqual(['oauth_app.removed', 'oauth_app.changed', 'oauth_app.added'])
    expect(audit.text).not.toContain('planted')
  })
})

test('registrations tell what to do at the provider, with our redirect URI and the scopes filled in', async () => {
  await using claw = await started()
  await add(claw.owner, {})
  const { items } = (await claw.owner.rest('GET', '/oauth-apps/registrations')).body as {
    items: Record<string, unknown>[]
  }
  const redirectUri = `${claw.url}/connect/callback`
  expect(items.find(({ slug }) => slug === 'demo-cloud')).toEqual({
    slug: 'demo-cloud',
    name: 'Demo Cloud',
    console: 'https://cloud.example/apps',
    steps: [`Enter ${redirectUri} there.`, 'Choose read write files.'],
    warnings: [{ title: 'Testing mode', text: 'It ends after 7 days.' }],
    acceptsFile: { about: 'the file client_secret.json' },
    redirectUri,
    providers: [
      { slug: 'demo', name: 'Demo', scopes: ['read', 'write'] },
      { slug: 'demo_files', name: 'Demo Files', scopes: ['files'] },
    ],
    apps: 1,
  })
})
