/** Adding, choosing and removing accounts. */
import { describe, expect, test } from 'vitest'
import { newId } from '../../src/core/ids.ts'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { account, letter, otherAccount } from './tools.ts'

const add = (claw: TestClawLink, body: Record<string, unknown>) =>
  claw.rest('POST', '/connections', { body: { provider: 'sandbox', secret: claw.sandbox.apiKey, ...body } })

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
    expect((await claw.rest('GET', '/connections')).body).toEqual({ items: [body] })
    expect((await claw.rest('GET', '/connections?provider=sandbox')).body).toEqual({ items: [body] })
    expect((await claw.rest('GET', '/connections?provider=github')).body).toEqual({ items: [] })
    expect((await claw.rest('GET', `/connections/${body.id}`)).body).toEqual(body)
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

  test('refuses the same account twice without another label', async () => {
    await using claw = await startClawLink({ connected: false })
    expect((await add(claw, {})).status).toBe(201)
    expect((await add(claw, {})).status).toBe(409)
    expect((await add(claw, { label: 'again' })).status).toBe(201)
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
    await other.write(tx =>
      tx
        .insertInto('connections')
        .values({
          id: 'conn_late',
          workspace_id: claw.app.workspaceId,
          provider: 'sandbox',
          label: 'late',
          environment: 'live',
          account_id: account.id,
          account_label: account.email,
          is_default: 0,
          created_at: claw.clock.now(),
        })
        .execute(),
    )
    claw.clock.move(1000)
    // It has no credential here, which is as far as a call gets with it.
    expect(await whoami(claw)).toBe('connection_not_found')
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

describe('a sealed credential', () => {
  test('that was swapped with another connection’s does not open, and nothing is sent', async () => {
    await using claw = await startClawLink({ connected: false })
    const first = await claw.connect({ label: 'first', secret: account.apiKey })
    const second = await claw.connect({ label: 'second', secret: otherAccount.apiKey })
    claw.sandbox.takeRequests()
    const sealed = new Map((await claw.rows('credentials')).map(row => [row.connection_id, String(row.sealed)]))
    const other = await claw.otherProcess()
    const put = (id: string, text = '') =>
      other.write(tx => tx.updateTable('credentials').set({ sealed: text }).where('connection_id', '=', id).execute())
    await put(first.id, sealed.get(second.id))
    await put(second.id, sealed.get(first.id))
    for (const label of ['first', 'second']) {
      const answer = await claw.call('sandbox_send_message', letter, { connection: label })
      expect(answer).toMatchObject({ status: 500, body: { code: 'internal', outcome: 'failed' } })
    }
    expect(lines(claw)).toEqual([])
    expect(await claw.rows('usage')).toMatchObject([
      { outcome: 'failed', code: 'internal', attempts: 0 },
      { outcome: 'failed', code: 'internal', attempts: 0 },
    ])
    await put(first.id, sealed.get(first.id))
    expect(await whoami(claw, 'first')).toBe(account.email)
  })

  test.each([
    ['moved to another workspace', { workspace_id: 'ws_other' }, 200],
    ['said to be of another version', { version: 2 }, 500],
    ['said to be of another key of the ring', { ring_version: 7 }, 500],
    ['cut short', { sealed: 'AAAA' }, 500],
    ['empty', { sealed: '' }, 500],
  ])('that was %s opens only if its connection still says so', async (_, change, status) => {
    await using claw = await startClawLink()
    const other = await claw.otherProcess()
    await other.write(tx => tx.updateTable('credentials').set(change).execute())
    const answer = await claw.call('sandbox_whoami')
    expect(answer.status).toBe(status)
    expect(claw.sandbox.requests).toHaveLength(status === 200 ? 1 : 0)
    expect(answer.text + claw.logged()).not.toContain(claw.sandbox.apiKey)
  })

  test('of a connection that was moved to another workspace does not open', async () => {
    await using claw = await startClawLink()
    const other = await claw.otherProcess()
    await other.write(async tx => {
      await tx.insertInto('workspaces').values({ id: 'ws_other', name: 'Other', created_at: 0 }).execute()
      await tx
        .insertInto('agents')
        .values({ id: 'agt_other', workspace_id: 'ws_other', name: 'a', created_at: 0, created_by: '' })
        .execute()
      await tx.updateTable('keys').set({ workspace_id: 'ws_other', agent_id: 'agt_other' }).execute()
      await tx.updateTable('connections').set({ workspace_id: 'ws_other' }).execute()
      await tx.updateTable('credentials').set({ workspace_id: 'ws_other' }).execute()
    })
    claw.clock.move(1000)
    expect(await claw.call('sandbox_whoami')).toMatchObject({ status: 500, body: { code: 'internal' } })
    expect(lines(claw)).toEqual([])
  })
})
