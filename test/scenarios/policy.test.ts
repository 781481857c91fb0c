/** Rules decide what agents may do: over REST and MCP alike, at once where they are changed, and with a record of it. */
import { describe, expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { type Member, signIn } from '../kit/member.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import { ask, surfaces } from '../kit/scenario.ts'
import { letter, read, repeatableWrite, write } from './tools.ts'

const everything = { match: {}, decision: 'deny', name: 'Nothing' }

async function start(): Promise<{ claw: TestClawLink; owner: Member; [Symbol.asyncDispose](): Promise<void> }> {
  const claw = await startClawLink({ policy: 'standard' })
  const owner = await signIn(claw, { name: 'Olga', role: 'owner' })
  return { claw, owner, [Symbol.asyncDispose]: claw.stop }
}

async function add(owner: Member, rule: object): Promise<string> {
  const { status, body } = await owner.rest('POST', '/rules', { ...everything, ...rule })
  expect({ status, body }).toMatchObject({ status: 201 })
  return String(body.id)
}

const namesOf = async (owner: Member) => {
  const { body } = await owner.rest('GET', '/rules')
  return (body.items as { name: string; position: number }[]).map(({ name, position }) => `${position} ${name}`) // as documented
}

const ruleEvents = async (owner: Member) => {
  const { body } = await owner.rest('GET', '/audit')
  return (body.items as { action: string }[]).filter(({ action }) => action.startsWith('rule.')) // as documented
}

describe.each(surfaces)('over %s', surface => {
  test('a call that a rule denies never reaches the provider, and the answer names the rule', async () => {
    await using started = await start()
    const { claw, owner } = started
    await add(owner, { name: 'No letters', match: { tools: ['sandbox_send_*'] } })
    const { answer } = await ask(claw, surface, write)
    expect(answer).toMatchObject({ outcome: 'failed', code: 'policy_denied' })
    expect(answer.message).toContain('"No letters"')
    expect(answer.fix).toContain('"No letters"')
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('usage')).toMatchObject([{ outcome: 'failed', code: 'policy_denied', attempts: 0 }])
  })

  test('without rules reading and writing go through, and what destroys is not sent', async () => {
    await using started = await start()
    const { claw } = started
    for (const call of [read, repeatableWrite])
      expect((await ask(claw, surface, call)).answer.outcome).toBe('succeeded')
    claw.sandbox.takeRequests()
    const told = { tool: 'sandbox_delete_message', arguments: { id: 'msg_1' } }
    const answered =
      surface === 'rest'
        ? await claw.call(told.tool, told.arguments)
        : await claw.mcp('tools/call', { name: 'clawlink_call_tool', arguments: told })
    expect(JSON.stringify(answered.body)).toContain('approval_required')
    expect(claw.sandbox.requests).toEqual([])
  })
})

test('a recipient among many decides, and a preview says what a call would meet', async () => {
  await using started = await start()
  const { claw, owner } = started
  const condition = { path: 'to, cc', is: 'domainIn', value: ['gable.example'] }
  await add(owner, { name: 'Ours', decision: 'allow', match: { arguments: [condition] } })
  await add(owner, { name: 'Others', decision: 'ask', match: { tools: ['sandbox_send_message'] } })
  const previewOf = async (more: object) => {
    const { body } = await claw.rest('POST', '/tools/sandbox_send_message/preview', {
      body: { arguments: { ...letter, ...more } },
    })
    return body.needsApproval
  }
  expect(await previewOf({})).toBe(false)
  expect(await previewOf({ to: ['zoe@gable.example', 'zoe@evil.example'] })).toBe(true)
  expect(await previewOf({ cc: ['zoe@evil.example'] })).toBe(true)
  expect(await previewOf({ to: ['zoe@mail.gable.example'] })).toBe(true)
  expect(await previewOf({ to: ['ZOE@GABLE.EXAMPLE'] })).toBe(false)
})

test('rules of one agent, connection and environment leave the others alone', async () => {
  await using started = await start()
  const { claw, owner } = started
  const { id: testConnection } = await claw.connect({ environment: 'test', label: 'trial' })
  const testKey = await claw.newKey({ environment: 'test', agent: 'other' })
  const agents = await claw.app.db.read.selectFrom('agents').selectAll().where('name', '=', 'tester').execute()
  const callAs = async (key: string) => (await claw.rest('POST', `/tools/${read.tool}/calls`, { key, body: {} })).status
  const both = async () => [await callAs(claw.key), await callAs(testKey)]
  for (const [match, statuses] of [
    [{ agents: agents.map(({ id }) => id) }, [403, 200]],
    [{ connections: [testConnection] }, [200, 403]],
    [{ environments: ['test'] }, [200, 403]],
    [{ effects: ['read'] }, [403, 403]],
    [{ providers: ['sandbox'], tools: ['*_list_folders'] }, [403, 403]],
  ] as const) {
    const id = await add(owner, { match })
    expect(await both()).toEqual(statuses)
    expect((await owner.rest('DELETE', `/rules/${id}`)).status).toBe(200)
    expect(await both()).toEqual([200, 200])
  }
})

test('a change holds for the very next call here, and within a second where another process made it', async () => {
  await using started = await start()
  const { claw, owner } = started
  expect((await claw.call(read.tool)).status).toBe(200)
  const id = await add(owner, {})
  expect((await claw.call(read.tool)).status).toBe(403)
  await owner.rest('PUT', `/rules/${id}`, { ...everything, decision: 'allow' })
  expect((await claw.call(read.tool)).status).toBe(200)
  const elsewhere = await claw.otherProcess()
  await elsewhere.write(tx => tx.updateTable('rules').set({ decision: 'deny' }).where('id', '=', id).execute())
  claw.clock.move(1000)
  expect((await claw.call(read.tool)).status).toBe(403)
})

test('a rule ends by itself', async () => {
  await using started = await start()
  const { claw, owner } = started
  await add(owner, { expiresAt: new Date(claw.clock.now() + 60_000).toISOString() })
  expect((await claw.call(read.tool)).status).toBe(403)
  claw.clock.move(60_000)
  expect((await claw.call(read.tool)).status).toBe(200)
})

test('rules of another workspace decide nothing here', async () => {
  await using started = await start()
  const { claw } = started
  const other = await otherWorkspace(claw)
  const stranger = await signIn(claw, { name: 'Sven', role: 'owner', workspaceId: other.workspaceId })
  await add(stranger, {})
  expect((await claw.call(read.tool)).status).toBe(200)
  expect((await claw.rest('POST', `/tools/${read.tool}/calls`, { key: other.key, body: {} })).status).toBe(403)
})

test('the order is what members say, and a new rule is the last', async () => {
  await using started = await start()
  const { claw, owner } = started
  const ids = [await add(owner, { name: 'A' }), await add(owner, { name: 'B', decision: 'allow' })]
  expect((await claw.call(read.tool)).status).toBe(403)
  const { body } = await owner.rest('POST', '/rules/order', { ids: ids.toReversed() })
  expect(body.items).toMatchObject([
    { name: 'B', position: 1 },
    { name: 'A', position: 2 },
  ])
  expect((await claw.call(read.tool)).status).toBe(200)
  await add(owner, { name: 'C' })
  await claw.app.db.write(async tx => {
    await tx.insertInto('workspaces').values({ id: 'ws_other', name: 'Other', created_at: 0 }).execute()
    const rule = await tx.selectFrom('rules').selectAll().where('name', '=', 'C').executeTakeFirstOrThrow()
    await tx
      .insertInto('rules')
      .values({ ...rule, id: 'rule_other', workspace_id: 'ws_other' })
      .execute()
  })
  await owner.rest('DELETE', `/rules/${ids[0]}`)
  expect(await namesOf(owner)).toEqual(['1 B', '2 C'])
  const other = claw.app.db.read.selectFrom('rules').select('position').where('id', '=', 'rule_other')
  expect(await other.execute()).toEqual([{ position: 3 }])
})

test('an order that does not name every rule once is refused, so no rule is lost to somebody else’s order', async () => {
  await using started = await start()
  const { owner } = started
  const [a = '', b = ''] = [await add(owner, { name: 'A' }), await add(owner, { name: 'B' })]
  for (const ids of [[], [a], [a, a], [a, b, b], [a, b, 'rule_none'], [a, 'rule_none']]) {
    expect(await owner.rest('POST', '/rules/order', { ids })).toMatchObject({ status: 409 })
  }
  expect(await namesOf(owner)).toEqual(['1 A', '2 B'])
})

test('members who add at once get positions of their own, and a workspace has at most 200 rules', async () => {
  await using started = await start()
  const { owner } = started
  const answers = await Promise.all(Array.from({ length: 203 }, () => owner.rest('POST', '/rules', everything)))
  const statuses = answers.map(({ status }) => status).toSorted()
  expect(statuses).toEqual([...Array<number>(200).fill(201), 429, 429, 429])
  const names = await namesOf(owner)
  expect(new Set(names).size).toBe(200)
})

test.each([
  ['a tool that does not exist', { match: { tools: ['sandbox_send_mesage'] } }, 'match.tools.0'],
  ['a pattern that fits no tool', { match: { tools: ['sandbox_*', 'nothing_*'] } }, 'match.tools.1'],
  ['a provider that does not exist', { match: { providers: ['sandbocks'] } }, 'match.providers.0'],
  ['an agent that does not exist', { match: { agents: ['agt_none'] } }, 'match.agents.0'],
  ['a connection that does not exist', { match: { connections: ['conn_none'] } }, 'match.connections.0'],
  ['an end that is past', { expiresAt: '2001-01-01T00:00:00Z' }, 'expiresAt'],
  ['a decision that is none', { decision: 'maybe' }, 'decision'],
  ['no name', { name: ' ' }, 'name'],
  ['an unknown part', { match: { users: ['x'] } }, 'match.users'],
  ['an operator that is none', { match: { arguments: [{ path: 'a', is: 'like', value: 1 }] } }, 'match.arguments.0.is'],
  [
    'a value of the wrong kind',
    { match: { arguments: [{ path: 'a', is: 'above', value: 'x' }] } },
    'match.arguments.0.value',
  ],
])('a rule with %s is refused, and the answer names the field', async (_, rule, field) => {
  await using started = await start()
  const { owner } = started
  const { status, body } = await owner.rest('POST', '/rules', { ...everything, ...rule })
  expect(status).toBe(400)
  expect((body.invalidFields as { field: string }[]).map(each => each.field)).toContain(field) // as documented
  expect(await namesOf(owner)).toEqual([])
})

test('every change stands in the audit record with what was before and after', async () => {
  await using started = await start()
  const { owner } = started
  const id = await add(owner, { name: 'A', match: { effects: ['write'] } })
  await owner.rest('PUT', `/rules/${id}`, { ...everything, name: 'B' })
  await owner.rest('POST', '/rules/order', { ids: [id] })
  await owner.rest('DELETE', `/rules/${id}`)
  const items = await ruleEvents(owner)
  const actor = { kind: 'person', id: owner.id, name: 'Olga' }
  expect(items).toMatchObject([
    {
      action: 'rule.removed',
      actor,
      target: id,
      address: '127.0.0.1',
      details: { before: 'deny "B": {}', position: 1 },
    },
    { action: 'rule.ordered', actor, details: { before: '"B"', after: '"B"' } },
    {
      action: 'rule.changed',
      actor,
      target: id,
      details: { before: 'deny "A": {"effects":["write"]}', after: 'deny "B": {}' },
    },
    { action: 'rule.made', actor, target: id, details: { after: 'deny "A": {"effects":["write"]}' } },
  ])
})

test('a change that is refused leaves no trace', async () => {
  await using started = await start()
  const { owner } = started
  expect((await owner.rest('PUT', '/rules/rule_none', everything)).status).toBe(404)
  expect((await owner.rest('DELETE', '/rules/rule_none')).status).toBe(404)
  expect(await ruleEvents(owner)).toEqual([])
})

test('a stored rule that cannot be read shows as such, holds back what it is about, and can be removed', async () => {
  await using started = await start()
  const { claw, owner } = started
  const id = await add(owner, {})
  await claw.app.db.write(tx => tx.updateTable('rules').set({ match: '{"tools":' }).where('id', '=', id).execute())
  claw.clock.move(1000)
  expect((await claw.call(read.tool)).status).toBe(403)
  expect((await owner.rest('GET', '/rules')).body.items).toMatchObject([{ id, match: null }])
  expect((await owner.rest('DELETE', `/rules/${id}`)).status).toBe(200)
  expect((await claw.call(read.tool)).status).toBe(200)
})

describe('an explanation', () => {
  test('names the rule that decides and says of every rule why', async () => {
    await using started = await start()
    const { owner } = started
    await add(owner, { name: 'Writes', match: { effects: ['destructive'] } })
    const condition = { path: 'to', is: 'domainIn', value: ['theirs.example'] }
    await add(owner, { name: 'Theirs', decision: 'ask', match: { arguments: [condition] } })
    await add(owner, { name: 'Rest' })
    const asked = { tool: 'sandbox_send_message', arguments: letter }
    const { body } = await owner.rest('POST', '/policy/explain', asked)
    expect(body).toMatchObject({
      decision: 'deny',
      rule: { name: 'Rest' },
      steps: [
        { rule: { name: 'Writes' }, matched: false, why: expect.stringContaining('write') },
        { rule: { name: 'Theirs' }, matched: false, why: expect.stringContaining('to') },
        { rule: { name: 'Rest' }, matched: true },
      ],
    })
    const other = await owner.rest('POST', '/policy/explain', {
      ...asked,
      arguments: { ...letter, to: ['a@theirs.example'] },
    })
    expect(other.body).toMatchObject({
      decision: 'ask',
      rule: { name: 'Theirs' },
      steps: [{}, { matched: true }, { matched: false }],
    })
  })

  test('is given for arguments that a call would refuse, and says so; nothing is called and nothing recorded', async () => {
    await using started = await start()
    const { claw, owner } = started
    const { status, body } = await owner.rest('POST', '/policy/explain', {
      tool: 'sandbox_send_message',
      arguments: {},
    })
    expect({ status, body }).toMatchObject({ status: 200, body: { decision: 'allow', rule: null } })
    expect(body.notes).toContainEqual(expect.stringContaining('missing: to'))
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('usage')).toEqual([])
  })

  test('knows the tools, agents and connections of its own workspace alone', async () => {
    await using started = await start()
    const { claw, owner } = started
    const other = await otherWorkspace(claw)
    const agents = await claw.app.db.read.selectFrom('agents').selectAll().execute()
    const [mine, theirs] = ['tester', 'stranger'].map(name => agents.find(agent => agent.name === name)?.id)
    const statusOf = async (more: object) =>
      (await owner.rest('POST', '/policy/explain', { tool: read.tool, ...more })).status
    expect(await statusOf({ agentId: mine })).toBe(200)
    expect(await statusOf({ agentId: theirs })).toBe(404)
    expect(await statusOf({ connection: other.connectionId })).toBe(404)
    expect(await statusOf({ tool: 'sandbox_fly' })).toBe(404)
  })
})

test('plain members see the rules and change none; keys do neither', async () => {
  await using started = await start()
  const { claw, owner } = started
  const id = await add(owner, {})
  const member = await signIn(claw, { name: 'Mo', role: 'member' })
  expect((await member.rest('GET', '/rules')).status).toBe(200)
  expect((await member.rest('POST', '/policy/explain', { tool: read.tool })).status).toBe(200)
  for (const [method, path, body] of [
    ['POST', '/rules', everything],
    ['PUT', `/rules/${id}`, everything],
    ['DELETE', `/rules/${id}`, undefined],
    ['POST', '/rules/order', { ids: [id] }],
  ] as const) {
    expect((await member.rest(method, path, body)).status).toBe(403)
    expect((await claw.rest(method, path, { body })).status).toBe(403)
  }
  expect((await claw.rest('GET', '/rules')).status).toBe(403)
})
