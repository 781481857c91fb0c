/** Agents and their keys, as members make, change and end them. */
import { beforeEach, describe, expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { type Member, signIn } from '../kit/member.ts'
import { secondProcess } from '../kit/second-process.ts'

type Key = { id: string; key: string; state: string; replacedBy: string | null; lastUsedAt: string | null }
type Agent = { id: string; name: string; active: boolean; createdBy: string | null; keys: Key[] }

const dayMs = 24 * 60 * 60_000

const agentsOf = async (member: Member) => (await member.rest('GET', '/agents')).body.items as Agent[] // as documented
const audited = async ({ app }: TestClawLink, action: string) =>
  app.db.read.selectFrom('audit').selectAll().where('action', '=', action).execute()

async function makeKey(member: Member, body: object = {}) {
  const { status, body: made } = await member.rest('POST', '/keys', { agent: 'robot', environment: 'live', ...body })
  expect(status).toBe(201)
  return { id: String(made.id), agentId: String(made.agentId), secret: String(made.secret), made }
}

const works = async (claw: TestClawLink, key: string) => (await claw.rest('GET', '/whoami', { key })).status === 200

describe('a key', () => {
  let ada: Member
  let claw: TestClawLink
  beforeEach(async () => {
    claw = await startClawLink()
    ada = await signIn(claw, { name: 'Ada' })
    return claw.stop
  })

  test('is shown once, when it is made, and is as it was asked for', async () => {
    const wanted = { scope: { effects: ['read'] }, callsPerMinute: 10, callsPerDay: 100, expiresInDays: 30 }
    const { secret, made } = await makeKey(ada, wanted)
    expect(made).toMatchObject({
      kind: 'key',
      environment: 'live',
      scope: { effects: ['read'] },
      callsPerMinute: 10,
      callsPerDay: 100,
      expiresAt: new Date(claw.clock.now() + 30 * dayMs).toISOString(),
      lastUsedAt: null,
      state: 'active',
      replacedBy: null,
    })
    expect(made.key).toBe(`cllk_live_…${secret.slice(-4)}`)
    expect(await works(claw, secret)).toBe(true)
    const listed = await ada.rest('GET', '/agents')
    expect(listed.text).toContain(String(made.id))
    expect(listed.text).not.toContain(secret)
    const stored = JSON.stringify([await claw.rows('keys'), await audited(claw, 'key.made')])
    expect(stored).not.toContain(secret)
    expect(claw.logged()).not.toContain(secret)
  })

  test('lets nothing change connections unless that is said', async () => {
    const { secret } = await makeKey(ada)
    const body = { provider: 'sandbox', secret: claw.sandbox.accounts[1].apiKey }
    expect((await claw.rest('POST', '/connections', { key: secret, body })).status).toBe(403)
  })

  test.each([
    [{ scope: { providers: ['nowhere'] } }, 'scope.providers'],
    [{ scope: { tools: ['sandbox_fly'] } }, 'scope.tools'],
    [{ scope: { connections: ['conn_none'] } }, 'scope.connections'],
    [{ scope: { effects: ['fly'] } }, 'scope.effects.0'],
    [{ scope: { effect: ['read'] } }, 'scope.effect'],
    [{ callsPerMinute: 0 }, 'callsPerMinute'],
    [{ callsPerDay: 1.5 }, 'callsPerDay'],
    [{ expiresInDays: 0 }, 'expiresInDays'],
    [{ agent: '' }, 'name'],
    [{ agent: 'a\u202eb' }, 'name'],
    [{ agent: 'a\nb' }, 'name'],
    [{ environment: 'prod' }, 'environment'],
  ])('is not made of %j', async (wrong, field) => {
    const body = { agent: 'robot', environment: 'live', ...wrong }
    const answer = await ada.rest('POST', '/keys', body)
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_error' } })
    expect(JSON.stringify(answer.body.invalidFields)).toContain(`"field":"${field}"`)
    expect(await claw.rows('keys')).toHaveLength(1)
  })

  test('cannot be limited to connections of the other environment', async () => {
    const { id } = await claw.connect({ environment: 'test', label: 'for tests' })
    const scope = { connections: [id] }
    expect((await ada.rest('POST', '/keys', { agent: 'a', environment: 'live', scope })).status).toBe(400)
    expect((await ada.rest('POST', '/keys', { agent: 'a', environment: 'test', scope })).status).toBe(201)
  })

  test('gets another scope and other limits, at once', async () => {
    const { id, secret } = await makeKey(ada, { scope: { manageConnections: true }, callsPerDay: 5 })
    const call = () => claw.rest('POST', '/tools/sandbox_whoami/calls', { key: secret, body: {} })
    expect((await call()).status).toBe(200)
    const changed = await ada.rest('PATCH', `/keys/${id}`, { scope: { effects: ['write'] }, callsPerDay: null })
    expect(changed).toMatchObject({ status: 200, body: { scope: { effects: ['write'] }, callsPerDay: null } })
    expect((await call()).body.code).toBe('forbidden')
    const kept = await ada.rest('PATCH', `/keys/${id}`, { callsPerMinute: 7 })
    expect(kept.body).toMatchObject({ scope: { effects: ['write'] }, callsPerMinute: 7 })
    expect(await audited(claw, 'key.changed')).toMatchObject([{ target: id, actor_id: ada.id }, { target: id }])
  })

  test('is replaced with an overlap: both work, then only the new one', async () => {
    const old = await makeKey(ada, { scope: { effects: ['read'] }, callsPerMinute: 9, expiresInDays: 10 })
    claw.clock.move(dayMs)
    const { status, body } = await ada.rest('POST', `/keys/${old.id}/rotate`, { overlapMinutes: 60 })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      agentId: old.agentId,
      scope: { effects: ['read'] },
      callsPerMinute: 9,
      expiresAt: new Date(claw.clock.now() + 10 * dayMs).toISOString(),
    })
    const fresh = String(body.secret)
    const [{ keys = [] } = {}] = (await agentsOf(ada)).filter(({ name }) => name === 'robot')
    expect(keys.find(({ id }) => id === old.id)).toMatchObject({ replacedBy: body.id, state: 'active' })
    claw.clock.move(60 * 60_000 - 1)
    expect([await works(claw, old.secret), await works(claw, fresh)]).toEqual([true, true])
    claw.clock.move(1)
    expect([await works(claw, old.secret), await works(claw, fresh)]).toEqual([false, true])
  })

  test('that is replaced without an overlap ends at once', async () => {
    const old = await makeKey(ada)
    const { body } = await ada.rest('POST', `/keys/${old.id}/rotate`, { overlapMinutes: 0 })
    expect([await works(claw, old.secret), await works(claw, String(body.secret))]).toEqual([false, true])
  })

  test('never lives longer by being replaced', async () => {
    const old = await makeKey(ada, { expiresInDays: 1 })
    claw.clock.move(dayMs - 60_000)
    await ada.rest('POST', `/keys/${old.id}/rotate`, { overlapMinutes: 600 })
    claw.clock.move(60_000)
    expect(await works(claw, old.secret)).toBe(false)
  })

  test('is replaced once, also when several ask at the same moment', async () => {
    const old = await makeKey(ada)
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ada.rest('POST', `/keys/${old.id}/rotate`, { overlapMinutes: 5 })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409])
    expect(await claw.rows('keys')).toHaveLength(3)
    expect(await audited(claw, 'key.rotated')).toHaveLength(1)
  })

  test('is revoked at once and for good, and cannot be changed or replaced any more', async () => {
    const { id, secret } = await makeKey(ada)
    expect((await ada.rest('DELETE', `/keys/${id}`)).body).toEqual({ id })
    expect(await works(claw, secret)).toBe(false)
    expect((await ada.rest('PATCH', `/keys/${id}`, { callsPerMinute: 1 })).body.code).toBe('conflict')
    expect((await ada.rest('POST', `/keys/${id}/rotate`, {})).body.code).toBe('conflict')
    expect((await ada.rest('DELETE', `/keys/${id}`)).status).toBe(200)
    expect(await audited(claw, 'key.revoked')).toMatchObject([{ target: id, actor_kind: 'person', actor_id: ada.id }])
  })

  test('that is revoked or narrowed in one process is so in another within a second', async () => {
    await using second = await secondProcess(claw)
    const [ended, narrowed] = [await makeKey(ada), await makeKey(ada)]
    const there = async () => [
      (await second.rest('GET', '/whoami', { key: ended.secret })).status,
      (await second.rest('POST', '/tools/sandbox_whoami/calls', { key: narrowed.secret, body: {} })).status,
    ]
    expect(await there()).toEqual([200, 200])
    await ada.rest('DELETE', `/keys/${ended.id}`)
    await ada.rest('PATCH', `/keys/${narrowed.id}`, { scope: { effects: ['write'] } })
    claw.clock.move(1000)
    expect(await there()).toEqual([401, 403])
  })

  test('shows when it was last used', async () => {
    const { secret } = await makeKey(ada)
    const usedAt = new Date(claw.clock.now()).toISOString()
    await works(claw, secret)
    await claw.app.keyUse.flush()
    const [robot] = (await agentsOf(ada)).filter(({ name }) => name === 'robot')
    expect(robot?.keys[0]?.lastUsedAt).toBe(usedAt)
  })
})

describe('an agent', () => {
  test('is listed with its keys and who made it', async () => {
    await using claw = await startClawLink()
    const ada = await signIn(claw, { name: 'Ada' })
    const first = await makeKey(ada)
    const second = await makeKey(ada, { environment: 'test' })
    expect(await agentsOf(ada)).toMatchObject([
      { name: 'tester', createdBy: null, active: true, keys: [{}] },
      { name: 'robot', createdBy: 'Ada', active: true, keys: [{ id: second.id }, { id: first.id }] },
    ])
  })

  test('is renamed, and its calls stay its own', async () => {
    await using claw = await startClawLink()
    const ada = await signIn(claw, { name: 'Ada' })
    const { agentId, secret } = await makeKey(ada)
    expect(await ada.rest('PATCH', `/agents/${agentId}`, { name: ' Robot II ' })).toMatchObject({
      status: 200,
      body: { id: agentId, name: 'Robot II' },
    })
    expect((await claw.rest('GET', '/whoami', { key: secret })).body.agent).toEqual({ id: agentId, name: 'Robot II' })
    expect((await ada.rest('PATCH', `/agents/${agentId}`, { name: 'tester' })).body.code).toBe('conflict')
    expect((await ada.rest('PATCH', `/agents/${agentId}`, { name: 'x\u0007' })).body.code).toBe('validation_error')
    expect(await audited(claw, 'agent.renamed')).toMatchObject([{ target: agentId }])
  })

  test('is in the list with its keys, oldest first, in pages', async () => {
    await using claw = await startClawLink()
    const ada = await signIn(claw, { name: 'Ada' })
    const first = (await agentsOf(ada)).map(({ name }) => name)
    const made: string[] = []
    for (const agent of ['b', 'a', 'c']) made.push((await makeKey(ada, { agent })).id)
    const seen: Agent[] = []
    for (let next: unknown = ''; next !== null; ) {
      const { body } = await ada.rest('GET', `/agents?limit=2${next && `&next=${next}`}`)
      seen.push(...(body.items as Agent[])) // as documented
      expect((body.items as Agent[]).length).toBeLessThanOrEqual(2)
      next = body.next
    }
    expect(seen.map(({ name }) => name)).toEqual([...first, 'b', 'a', 'c'])
    expect(seen.slice(first.length).map(({ keys }) => keys.map(({ id }) => id))).toEqual(made.map(id => [id]))
    expect(seen).toEqual(await agentsOf(ada))
  })

  test('that is removed loses all its keys at once and stays in the list, inactive, but not in that of the relay', async () => {
    await using claw = await startClawLink()
    const ada = await signIn(claw, { name: 'Ada' })
    const keys = [await makeKey(ada), await makeKey(ada)]
    const agentId = keys[0]?.agentId ?? ''
    for (const { secret: key } of keys) await claw.rest('PUT', '/relay/agents/me', { key, body: {} })
    expect((await ada.rest('DELETE', `/agents/${agentId}`)).body).toEqual({ id: agentId, keys: 2 })
    for (const { secret } of keys) expect(await works(claw, secret)).toBe(false)
    expect((await agentsOf(ada)).find(({ id }) => id === agentId)).toMatchObject({
      active: false,
      keys: [{ state: 'revoked' }, { state: 'revoked' }],
    })
    expect(await works(claw, claw.key)).toBe(true)
    expect((await claw.rest('GET', '/relay/agents')).body.items).toEqual([])
    const send = () => claw.rest('POST', '/relay/messages', { body: { to: 'robot', body: 'hi' } })
    expect((await send()).body).toMatchObject({ code: 'not_found', detail: 'The agent robot was removed.' })
    expect(await audited(claw, 'agent.removed')).toHaveLength(1)
    const back = await makeKey(ada)
    expect((await send()).status).toBe(201)
    await claw.rest('PUT', '/relay/agents/me', { key: back.secret, body: {} })
    expect((await claw.rest('GET', '/relay/agents')).body.items).toMatchObject([{ id: agentId, devices: [{}] }])
  })

  test('whose keys have all run out is inactive', async () => {
    await using claw = await startClawLink()
    const ada = await signIn(claw, { name: 'Ada' })
    await makeKey(ada, { expiresInDays: 1 })
    claw.clock.move(dayMs)
    expect((await agentsOf(ada)).find(({ name }) => name === 'robot')).toMatchObject({
      active: false,
      keys: [{ state: 'expired' }],
    })
  })
})

describe('what somebody else made', () => {
  test('is out of reach of a member, and in reach of an admin', async () => {
    await using claw = await startClawLink()
    const [ada, bob, chief] = await Promise.all([
      signIn(claw, { name: 'Ada' }),
      signIn(claw, { name: 'Bob' }),
      signIn(claw, { name: 'Chief', role: 'admin' }),
    ])
    const { id, agentId, secret } = await makeKey(ada)
    const before = await claw.rows('keys')
    for (const answer of [
      await bob.rest('PATCH', `/keys/${id}`, { callsPerMinute: 1 }),
      await bob.rest('POST', `/keys/${id}/rotate`, {}),
      await bob.rest('DELETE', `/keys/${id}`),
      await bob.rest('PATCH', `/agents/${agentId}`, { name: 'mine' }),
      await bob.rest('DELETE', `/agents/${agentId}`),
      // It would act under the name of Ada's agent, with what the rules allow that one.
      await bob.rest('POST', '/keys', { agent: 'robot', environment: 'live' }),
    ])
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await claw.rows('keys')).toEqual(before)
    expect(await works(claw, secret)).toBe(true)

    expect((await chief.rest('POST', '/keys', { agent: 'robot', environment: 'live' })).status).toBe(201)
    const rotated = await chief.rest('POST', `/keys/${id}/rotate`, { overlapMinutes: 0 })
    // It is still Ada's.
    expect((await ada.rest('DELETE', `/keys/${rotated.body.id}`)).status).toBe(200)
    expect((await chief.rest('DELETE', `/agents/${agentId}`)).status).toBe(200)
  })

  test('on the command line is an admin’s to change', async () => {
    await using claw = await startClawLink()
    const [bob, chief] = [await signIn(claw, { name: 'Ada' }), await signIn(claw, { name: 'Chief', role: 'admin' })]
    const id = String((await claw.rows('keys'))[0]?.id)
    expect((await bob.rest('DELETE', `/keys/${id}`)).status).toBe(403)
    expect((await chief.rest('DELETE', `/keys/${id}`)).status).toBe(200)
  })
})

test('a key can make, see, change and end no keys and no agents, not even itself', async () => {
  await using claw = await startClawLink()
  const [row] = await claw.rows('keys')
  for (const [method, path, body] of [
    ['GET', '/agents'],
    ['PATCH', `/agents/${row?.agent_id}`, { name: 'x' }],
    ['DELETE', `/agents/${row?.agent_id}`],
    ['POST', '/keys', { agent: 'x', environment: 'live' }],
    ['PATCH', `/keys/${row?.id}`, { scope: {} }],
    ['POST', `/keys/${row?.id}/rotate`, {}],
    ['DELETE', `/keys/${row?.id}`],
    ['GET', '/pairings?code=BBBB-BBBB'],
  ] as const)
    expect(await claw.rest(method, path, { body })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(await claw.rows('keys')).toEqual([row])
})
