/** Adding, choosing and removing accounts. */
import { describe, expect, test } from 'vitest'
import { newId } from '../../src/core/ids.ts'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { connectionRow } from '../kit/connection-row.ts'
import { signIn } from '../kit/member.ts'
import { account, letter, otherAccount } from './tools.ts'

/** By the kit's key; what makes a default, which a key may not, by a member. */
async function add(claw: TestClawLink, more: Record<string, unknown>) {
  const body = { provider: 'sandbox', secret: claw.sandbox.apiKey, ...more }
  if (!('makeDefault' in more)) return claw.rest('POST', '/connections', { body })
  return (await signIn(claw, { name: 'Grace' })).rest('POST', '/connections', body)
}

/** The mail address of the account that a call was made with, as the provider tells it. */
async function whoami(claw: TestClawLink, connection?: string): Promise<unknown> {
  const { body } = await claw.call('sandbox_whoami', {}, connection === undefined ? {} : { connection })
  return body.code ?? Object(body.data).email
}

const lines = (claw: TestClawLink) => claw.sandbox.requests.map(({ method, path }) => `${method} ${path}`)

describe('adding a connection', () => {
  test('tries the secret once, stores one connection and one sealed credential, and names the account', async () => {
    await using claw = await startClawLink({ connected: false })
    const { status, body, text } = await add(claw, { label: 'work' })
    expect([status, body]).toEqual([
      201,
      {
        id: expect.stringMatching(/^conn_[0-9a-f]{32}$/),
        provider: 'sandbox',
        label: 'work',
        environment: 'live',
        account: { id: account.id, label: account.email },
        isDefault: false,
        createdAt: new Date(claw.clock.now()).toISOString(),
        createdBy: expect.stringMatching(/^agt_/),
        auth: 'api_key',
        authLabel: 'API key',
        state: 'healthy',
        stateReason: '',
        stateAt: new Date(claw.clock.now()).toISOString(),
        scopes: { asked: [], granted: null },
        metadata: {},
        secretRef: null,
        expiresAt: null,
        reconnectLink: `${claw.url}/connections?reconnect=${body.id}`,
      },
    ])
    expect(lines(claw)).toEqual(['GET /me'])
    expect(await claw.rows('connections')).toMatchObject([{ id: body.id, workspace_id: claw.app.workspaceId }])
    const credentials = await claw.rows('credentials')
    expect(credentials).toMatchObject([{ connection_id: body.id, workspace_id: claw.app.workspaceId, version: 1 }])
    expect(text + JSON.stringify(credentials)).not.toContain(claw.sandbox.apiKey)
    expect(await claw.rows('usage')).toEqual([])
  })

  test('shows the same connection in the list and by its id', async () => {
    await using claw = await startClawLink({ connected: false })
    const { body } = await add(claw, {})
    expect((await claw.rest('GET', '/connections')).body).toEqual({ items: [body], next: null })
    expect((await claw.rest('GET', '/connections?provider=sandbox')).body).toEqual({ items: [body], next: null })
    expect((await claw.rest('GET', '/connections?provider=github')).body).toEqual({ items: [], next: null })
    expect((await claw.rest('GET', `/connections/${body.id}`)).body).toEqual(body)
  })

  test('lists as many as are there, oldest first, in pages: over REST and to an agent', async () => {
    await using claw = await startClawLink({ connected: false })
    const rows = Array.from({ length: 60 }, (_, at) =>
      connectionRow({
        id: newId('conn', claw.clock.now() + at),
        workspace_id: claw.app.workspaceId,
        provider: at === 0 ? 'github' : 'sandbox',
        label: `n${at}`,
      }),
    )
    await claw.app.db.write(tx => tx.insertInto('connections').values(rows).execute())
    type Listed = { items: { id: string }[]; next?: string | null }
    const pages = async (ask: (next: string | null) => Promise<unknown>) => {
      const sizes: number[] = []
      const seen: string[] = []
      for (let next: string | null = null; ; ) {
        const page = (await ask(next)) as Listed // as documented
        seen.push(...page.items.map(({ id }) => id))
        sizes.push(page.items.length)
        if (!page.next) return { sizes, seen }
        next = page.next
      }
    }
    const overRest = await pages(
      async next =>
        (await claw.rest('GET', `/connections?provider=sandbox&limit=25${next === null ? '' : `&next=${next}`}`)).body,
    )
    expect(overRest).toEqual({ sizes: [25, 25, 9], seen: rows.slice(1).map(({ id }) => id) })
    expect(((await claw.rest('GET', '/connections')).body.items as unknown[]).length).toBe(50)
    const overMcp = await pages(async next => {
      const asked = { name: 'clawlink_list_connections', arguments: next === null ? {} : { next } }
      return Object((await claw.mcp('tools/call', asked)).body.result).structuredContent
    })
    expect(overMcp).toEqual({ sizes: [50, 10], seen: rows.map(({ id }) => id) })
  })

  const refusals: [why: string, fault: Fault, status: number, code: string][] = [
    ['the provider refuses the secret', { kind: 'status', status: 401 }, 401, 'authentication_failed'],
    ['the provider forbids the account', { kind: 'status', status: 403 }, 401, 'authentication_failed'],
    ['the provider is down', { kind: 'status', status: 500 }, 502, 'provider_unavailable'],
    ['the provider limits its rate', { kind: 'rate_limit', retryAfter: 9 }, 429, 'rate_limited'],
    ['the connection breaks', { kind: 'reset' }, 502, 'provider_unavailable'],
    ['the answer is a web page', { kind: 'html' }, 502, 'provider_unavailable'],
    ['the answer is broken JSON', { kind: 'invalid_json' }, 502, 'provider_unavailable'],
    ['the answer names no account', { kind: 'status', status: 200, body: { ok: true } }, 502, 'provider_unavailable'],
    ['the provider leads elsewhere', { kind: 'redirect', location: 'http://10.0.0.1/me' }, 502, 'provider_unavailable'],
  ]
  test.each(refusals)('stores nothing when %s', async (_, fault, status, code) => {
    await using claw = await startClawLink({ connected: false })
    claw.sandbox.script(fault)
    const answer = await add(claw, {})
    expect(answer).toMatchObject({ status, body: { code } })
    expect(answer.text).not.toContain(claw.sandbox.apiKey)
    expect(lines(claw)).toEqual(['GET /me'])
    expect([await claw.rows('connections'), await claw.rows('credentials')]).toEqual([[], []])
  })

  test('stores nothing when the provider does not answer in time', async () => {
    await using claw = await startClawLink({ connected: false })
    claw.sandbox.script({ kind: 'hang' })
    const adding = add(claw, {})
    await claw.sandbox.received(1)
    claw.clock.move(claw.app.config.callTimeoutMs)
    expect(await adding).toMatchObject({ status: 502, body: { code: 'provider_unavailable' } })
    expect(await claw.rows('connections')).toEqual([])
  })

  const unfit: [what: string, body: Record<string, unknown>, field: string][] = [
    ['a line break in the secret', { secret: 'sbx_1\r\nx-injected: 1' }, 'secret'],
    ['a line feed in the secret', { secret: 'sbx_1\n' }, 'secret'],
    ['a space in the secret', { secret: 'sbx 1' }, 'secret'],
    ['a NUL in the secret', { secret: 'sbx\u00001' }, 'secret'],
    ['a letter that no header carries in the secret', { secret: 'sbx_é' }, 'secret'],
    ['an empty secret', { secret: '' }, 'secret'],
    ['a secret of 8193 characters', { secret: 'a'.repeat(8193) }, 'secret'],
    ['a secret that is a number', { secret: 7 }, 'secret'],
    ['an empty label', { label: '' }, 'label'],
    ['a label of blanks', { label: '   ' }, 'label'],
    ['a label of 81 characters', { label: 'a'.repeat(81) }, 'label'],
    ['a line break in the label', { label: 'a\nb' }, 'label'],
    ['a NUL in the label', { label: 'a\u0000b' }, 'label'],
    ['a label that could be the id of another connection', { label: newId('conn', 0) }, 'label'],
    ['an unknown field', { environment: 'live' }, 'environment'],
    ['a default that is a word', { makeDefault: 'yes' }, 'makeDefault'],
  ]
  test.each(unfit)('refuses %s without asking the provider', async (_, body, field) => {
    await using claw = await startClawLink({ connected: false })
    const answer = await add(claw, body)
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_error', invalidFields: [{ field }] } })
    expect(lines(claw)).toEqual([])
    expect(await claw.rows('connections')).toEqual([])
    if (typeof body.secret === 'string' && body.secret) expect(answer.text).not.toContain(body.secret)
  })

  test('refuses an unknown provider and lists the known ones', async () => {
    await using claw = await startClawLink({ connected: false })
    expect(await add(claw, { provider: 'nowhere' })).toMatchObject({
      status: 404,
      body: { code: 'provider_not_found', choices: expect.arrayContaining(['github', 'sandbox']) },
    })
  })

  test('refuses a label that is taken, and leaves the first connection as it was', async () => {
    await using claw = await startClawLink({ connected: false })
    await add(claw, { label: 'work' })
    const before = [await claw.rows('connections'), await claw.rows('credentials')]
    const secret = otherAccount.apiKey
    for (const label of ['work', ' work ']) {
      expect(await add(claw, { label, secret, makeDefault: true })).toMatchObject({
        status: 409,
        body: { code: 'conflict', detail: 'There is a connection to sandbox labelled "work" already.' },
      })
    }
    expect([await claw.rows('connections'), await claw.rows('credentials')]).toEqual(before)
  })

  test('gives the same account another label the second time', async () => {
    await using claw = await startClawLink({ connected: false })
    const labels = [(await add(claw, {})).body.label, (await add(claw, {})).body.label]
    expect(labels).toEqual([account.email, `${account.email} (2)`])
  })

  test('of two that come at once under one label keeps one', async () => {
    await using claw = await startClawLink({ connected: false })
    const answers = await Promise.all([1, 2, 3].map(() => add(claw, { label: 'work' })))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409])
    expect(await claw.rows('connections')).toHaveLength(1)
    expect(await claw.rows('credentials')).toHaveLength(1)
  })

  test('keeps of an account name what is short and plain', async () => {
    await using claw = await startClawLink({ connected: false })
    const name = `Mara\u0000\r\n\u001b[31m${'x'.repeat(5000)}`
    claw.sandbox.script({ kind: 'status', status: 200, body: { id: `acct\u0000${'1'.repeat(5000)}`, email: name } })
    const { status, body } = await add(claw, {})
    expect(status).toBe(201)
    for (const text of [body.label, Object(body.account).label, Object(body.account).id]) {
      expect(text).toMatch(/^[\x20-\x7e]{1,80}$/)
    }
  })

  test('does not keep a secret that the provider repeats as the name of the account', async () => {
    await using claw = await startClawLink({ connected: false })
    const { apiKey } = claw.sandbox
    claw.sandbox.script({ kind: 'status', status: 200, body: { id: apiKey, email: `key ${apiKey}` } })
    const { status, text } = await add(claw, {})
    expect(status).toBe(201)
    expect(text + JSON.stringify(await claw.rows('connections'))).not.toContain(apiKey)
  })
})

describe('choosing a connection', () => {
  test('two accounts are never mixed up, also when they are called at once', async () => {
    await using claw = await startClawLink({ connected: false })
    await add(claw, { label: 'first' })
    await add(claw, { label: 'second', secret: otherAccount.apiKey })
    claw.sandbox.takeRequests()
    const wanted = Array.from({ length: 20 }, (_, i) => (i % 3 ? 'first' : 'second'))
    const told = await Promise.all(wanted.map(label => whoami(claw, label)))
    expect(told).toEqual(wanted.map(label => (label === 'first' ? account.email : otherAccount.email)))
    const used = claw.sandbox.requests.map(({ headers }) => headers.authorization).toSorted()
    expect(used).toEqual(
      wanted.map(label => `Bearer ${label === 'first' ? account.apiKey : otherAccount.apiKey}`).toSorted(),
    )
    for (const row of await claw.rows('usage')) expect(row.connection_id).toMatch(/^conn_/)
  })

  test('a write reaches the named account alone', async () => {
    await using claw = await startClawLink({ connected: false })
    await add(claw, { label: 'first', makeDefault: true })
    await add(claw, { label: 'second', secret: otherAccount.apiKey })
    await claw.call('sandbox_send_message', letter, { connection: 'second' })
    const sent = claw.sandbox.accounts.map(
      ({ store }) => store.messages.filter(({ subject }) => subject === letter.subject).length,
    )
    expect(sent).toEqual([0, 1])
  })

  test('the default is used when none is named, and there is one at most', async () => {
    await using claw = await startClawLink({ connected: false })
    await add(claw, { label: 'first' })
    expect(await whoami(claw)).toBe(account.email)
    await add(claw, { label: 'second', secret: otherAccount.apiKey })
    expect(await whoami(claw)).toBe('ambiguous_connection')
    await add(claw, { label: 'third', secret: otherAccount.apiKey, makeDefault: true })
    expect(await whoami(claw)).toBe(otherAccount.email)
    await add(claw, { label: 'fourth', makeDefault: true })
    expect(await whoami(claw)).toBe(account.email)
    const rows = await claw.rows('connections')
    expect(rows.filter(row => row.is_default === 1).map(({ label }) => label)).toEqual(['fourth'])
  })

  test('of several that come at once as the default one is the default', async () => {
    await using claw = await startClawLink({ connected: false })
    for (let round = 0; round < 5; round++) {
      await Promise.all([1, 2, 3, 4].map(i => add(claw, { label: `${round} ${i}`, makeDefault: true })))
      const rows = await claw.rows('connections')
      expect(rows.filter(row => row.is_default === 1)).toHaveLength(1)
    }
  })

  test('the default of the test environment is another than that of the live one', async () => {
    await using claw = await startClawLink({ connected: false })
    await claw.connect({ label: 'live', makeDefault: true })
    await claw.connect({ label: 'test', environment: 'test', secret: otherAccount.apiKey, makeDefault: true })
    const rows = await claw.rows('connections')
    expect(
      rows
        .filter(row => row.is_default === 1)
        .map(({ label }) => label)
        .toSorted(),
    ).toEqual(['live', 'test'])
    expect(await whoami(claw)).toBe(account.email)
  })

  test('a connection that another process adds is seen within a second', async () => {
    await using claw = await startClawLink({ connected: false })
    expect(await whoami(claw)).toBe('not_connected')
    const other = await claw.otherProcess()
    const row = connectionRow({
      id: 'conn_late',
      workspace_id: claw.app.workspaceId,
      provider: 'sandbox',
      label: 'late',
    })
    await other.write(tx => tx.insertInto('connections').values(row).execute())
    claw.clock.move(1000)
    // It has no credential here, which is as far as a call gets with it.
    expect(await whoami(claw)).toBe('connection_not_found')
  })
})

describe('changing a connection', () => {
  const two = async () => {
    const claw = await startClawLink({ connected: false })
    const first = String((await add(claw, { label: 'first', makeDefault: true })).body.id)
    const second = String((await add(claw, { label: 'second', secret: otherAccount.apiKey })).body.id)
    const grace = await signIn(claw, { name: 'Grace' })
    const change = (id: string, body: unknown) => grace.rest('PATCH', `/connections/${id}`, body)
    return { claw, first, second, change }
  }

  test('renames it, calls find it by the new name alone, and to change nothing of it leaves it so', async () => {
    const { claw, second, change } = await two()
    await using _ = claw
    expect(await change(second, { label: '  post ' })).toMatchObject({
      status: 200,
      body: { id: second, label: 'post' },
    })
    expect(await whoami(claw, 'post')).toBe(otherAccount.email)
    expect(await whoami(claw, 'second')).toBe('connection_not_found')
    expect(await change(second, {})).toMatchObject({ status: 200, body: { id: second, label: 'post' } })
  })

  test('makes it the only default, and no default again', async () => {
    const { claw, first, second, change } = await two()
    await using _ = claw
    expect(await whoami(claw)).toBe(account.email)
    expect((await change(second, { isDefault: true })).body).toMatchObject({ isDefault: true, label: 'second' })
    expect(await whoami(claw)).toBe(otherAccount.email)
    expect((await claw.rest('GET', `/connections/${first}`)).body.isDefault).toBe(false)
    await change(second, { isDefault: false })
    expect(await whoami(claw)).toBe('ambiguous_connection')
  })

  test('concerns no other environment, provider or workspace: they have defaults and labels of their own', async () => {
    const { claw, second, change } = await two()
    await using _ = claw
    const test = await claw.connect({ label: 'test', environment: 'test', makeDefault: true })
    await claw.app.db.write(async tx => {
      const row = await tx.selectFrom('connections').selectAll().where('label', '=', 'first').executeTakeFirstOrThrow()
      const elsewhere = { ...row, label: 'elsewhere', is_default: 1 }
      await tx.insertInto('workspaces').values({ id: 'ws_other', name: 'Other', created_at: 0 }).execute()
      await tx
        .insertInto('connections')
        .values([
          { ...elsewhere, id: 'conn_provider', provider: 'github' },
          { ...elsewhere, id: 'conn_workspace', workspace_id: 'ws_other' },
        ])
        .execute()
    })
    expect((await change(second, { isDefault: true, label: 'elsewhere' })).status).toBe(200)
    const defaults = (await claw.rows('connections')).filter(row => row.is_default === 1).map(({ id }) => id)
    expect(defaults.toSorted()).toEqual([second, test.id, 'conn_provider', 'conn_workspace'].toSorted())
  })

  test.each([
    ['one that is taken', { label: 'first' }, 409],
    ['a blank one', { label: '  ' }, 400],
    ['one with a line break', { label: 'a\r\nset-cookie: x' }, 400],
    ['one that turns text around', { label: 'a\u202eb' }, 400],
    ['one that is an id', { label: newId('conn', 0) }, 400],
  ])('refuses as a label %s, and changes nothing', async (_, body, status) => {
    const { claw, second, change } = await two()
    await using _claw = claw
    const before = await claw.rows('connections')
    expect(await change(second, body)).toMatchObject({ status, body: { invalidFields: [{ field: 'label' }] } })
    expect(await claw.rows('connections')).toEqual(before)
  })

  test('keeps one default when several are made the default at once', async () => {
    const { claw, first, second, change } = await two()
    await using _ = claw
    await Promise.all([first, second, first, second].map(id => change(id, { isDefault: true })))
    expect((await claw.rows('connections')).filter(row => row.is_default === 1)).toHaveLength(1)
  })

  test('is in the audit record with who did it', async () => {
    const { claw, second } = await two()
    await using _ = claw
    const ada = await signIn(claw, { name: 'Ada', role: 'owner' })
    await ada.rest('PATCH', `/connections/${second}`, { label: 'post' })
    const { items } = (await ada.rest('GET', '/audit?limit=10')).body as { items: Record<string, unknown>[] }
    expect(items[0]).toMatchObject({ action: 'connection.changed', target: second, actor: { name: 'Ada' } })
    expect(items.filter(({ action }) => action === 'connection.added')).toHaveLength(2)
  })

  test('a key outside of its sight cannot change or remove it', async () => {
    const { claw, first, second } = await two()
    await using _ = claw
    const key = await claw.newKey({ scope: { manageConnections: true, connections: [first] } })
    for (const method of ['PATCH', 'DELETE'])
      expect((await claw.rest(method, `/connections/${second}`, { key, body: {} })).status).toBe(404)
    expect(await claw.rows('connections')).toHaveLength(2)
  })
})

describe('removing a connection', () => {
  test('removes it and its credential, and touches no other', async () => {
    await using claw = await startClawLink({ connected: false })
    const [first, second] = [
      (await add(claw, { label: 'first' })).body,
      (await add(claw, { label: 'second', secret: otherAccount.apiKey })).body,
    ]
    const kept = [
      (await claw.rows('connections')).find(({ id }) => id === second.id),
      (await claw.rows('credentials')).find(row => row.connection_id === second.id),
    ]
    claw.sandbox.takeRequests()
    expect(await claw.rest('DELETE', `/connections/${first.id}`)).toMatchObject({ status: 200, body: { id: first.id } })
    expect(await claw.rows('connections')).toEqual([kept[0]])
    expect(await claw.rows('credentials')).toEqual([kept[1]])
    expect(await whoami(claw, 'first')).toBe('connection_not_found')
    expect(await whoami(claw)).toBe(otherAccount.email)
    expect((await claw.rest('GET', `/connections/${first.id}`)).status).toBe(404)
    expect((await claw.rest('DELETE', `/connections/${first.id}`)).status).toBe(404)
  })

  test('by its label works when the label is one connection’s alone', async () => {
    await using claw = await startClawLink({ connected: false })
    await add(claw, { label: 'my work' })
    expect((await claw.rest('DELETE', '/connections/my%20work')).status).toBe(200)
    expect(await claw.rows('connections')).toEqual([])
  })

  test('frees its label', async () => {
    await using claw = await startClawLink({ connected: false })
    const { body } = await add(claw, { label: 'work' })
    await claw.rest('DELETE', `/connections/${body.id}`)
    const again = await add(claw, { label: 'work' })
    expect(again.status).toBe(201)
    expect(again.body.id).not.toBe(body.id)
  })

  test('by another process stops its use at once: the credential is gone, whatever is remembered', async () => {
    await using claw = await startClawLink()
    expect(await whoami(claw)).toBe(account.email)
    claw.sandbox.takeRequests()
    const other = await claw.otherProcess()
    await other.write(async tx => {
      await tx.deleteFrom('credentials').execute()
      await tx.deleteFrom('connections').execute()
    })
    expect(await whoami(claw)).toBe('connection_not_found')
    expect(lines(claw)).toEqual([])
  })
})
