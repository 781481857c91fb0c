import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fault } from '../../src/core/errors.ts'
import { sweepRelay } from '../../src/relay/forget-relay.ts'
import { changeTask } from '../../src/relay/tasks/change-task.ts'
import { delegateTask } from '../../src/relay/tasks/delegate-task.ts'
import { lookAtDueTasks } from '../../src/relay/tasks/due-tasks.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { signIn } from '../kit/member.ts'
import { type Agent, type Got, relayAgent } from '../kit/relay-agent.ts'

let claw: TestClawLink
let count = 0
/** Agents of a test have names of their own: all tests share one ClawLink. */
const newAgent = (name: string) => relayAgent(claw, `${name}-${++count}`)
const pair = async (): Promise<[Agent, Agent]> => [await newAgent('ann'), await newAgent('bob')]

beforeAll(async () => {
  // No worker: what its job does, a test does when it is time.
  claw = await startClawLink({ config: { roles: ['web'], relayDeliveriesMax: 2 } })
})
afterAll(() => claw.stop())

const boxOf = ({ id }: Agent) => ({ workspaceId: claw.app.workspaceId, agentId: id, device: '' })
const step = (agent: Agent, id: unknown, name: string, body: unknown = {}) =>
  agent.ok('POST', `/tasks/${id}/${name}`, body)
const takeAll = async (agent: Agent): Promise<Got[]> => {
  const all: Got[] = []
  for (;;) {
    const messages = await agent.take()
    if (!messages.length) return all
    for (const message of messages) await agent.ack(message)
    all.push(...messages)
  }
}
const due = async (ms: number) => {
  claw.clock.move(ms)
  await lookAtDueTasks(claw.app)
}
const stateOf = async (agent: Agent, id: unknown) => (await agent.ok('GET', `/tasks/${id}`)).state

describe('tasks', () => {
  test('go from one agent to another and back, over notes and questions, and keep their history', async () => {
    const [ann, bob] = await pair()
    const { id } = await ann.ok('POST', '/tasks', {
      to: bob.name,
      task: 'Review it',
      context: { diff: 'x'.repeat(100_000) },
      attachments: ['notes.md'],
      priority: 'high',
    })
    const [offer] = await takeAll(bob)
    expect(offer).toMatchObject({
      kind: 'task',
      taskId: id,
      priority: 'high',
      body: { task: 'Review it', context: { diff: 'x'.repeat(100_000) }, attachments: ['notes.md'] },
    })
    await step(bob, id, 'accept')
    await step(bob, id, 'progress', { note: 'half' })
    await step(bob, id, 'ask', { question: 'Which branch?' })
    await step(ann, id, 'answer', { answer: 'main' })
    expect(await takeAll(bob)).toMatchObject([{ kind: 'task_update', body: { step: 'answer', answer: 'main' } }])
    await step(bob, id, 'complete', { result: { verdict: 'fine', log: 'y'.repeat(5_000) } })
    expect((await takeAll(ann)).map(({ body }) => body)).toMatchObject([
      { state: 'accepted' },
      { state: 'in_progress', note: 'half' },
      { state: 'input_required', question: 'Which branch?' },
      { state: 'completed', result: { verdict: 'fine' } },
    ])
    const task = await ann.ok('GET', `/tasks/${id}`)
    expect(task).toMatchObject({ state: 'completed', version: 6, context: { diff: expect.any(String) } })
    expect((task.history as { step: string; by: { id: string } }[]).map(each => [each.step, each.by.id])).toEqual([
      ['delegate', ann.id],
      ['accept', bob.id],
      ['progress', bob.id],
      ['ask', bob.id],
      ['answer', ann.id],
      ['complete', bob.id],
    ])
    expect(await bob.refused('POST', `/tasks/${id}/fail`, { reason: 'no' })).toBe('conflict')
    expect(await step(bob, id, 'complete', {})).toMatchObject({ state: 'completed', version: 6 })
  })

  test('belong to who gave them, who has them and who is told of them: nobody else sees or changes them', async () => {
    const [ann, bob] = await pair()
    const [carl, dora] = await pair()
    const { id } = await ann.ok('POST', '/tasks', { to: bob.name, task: 't', replyTo: carl.name })
    for (const [method, path, body] of [
      ['GET', `/tasks/${id}`, undefined],
      ['POST', `/tasks/${id}/accept`, {}],
      ['POST', `/tasks/${id}/cancel`, {}],
    ] as const)
      expect(await dora.refused(method, path, body)).toBe('not_found')
    expect((await dora.ok('GET', '/tasks')).items).toEqual([])
    for (const [agent, query, found] of [
      [ann, 'role=sender&state=submitted', 1],
      [ann, 'role=assignee', 0],
      [ann, 'state=accepted', 0],
      [carl, 'role=sender', 1],
      [bob, 'role=assignee&state=open', 1],
      [bob, 'role=sender', 0],
    ] as const)
      expect((await agent.ok('GET', `/tasks?${query}`)).items, query).toHaveLength(found)
    expect(await bob.refused('POST', `/tasks/${id}/cancel`, {})).toBe('conflict')
    expect(await ann.refused('POST', `/tasks/${id}/complete`, {})).toBe('conflict')
    await step(bob, id, 'complete', { result: 1 })
    expect(await takeAll(carl)).toMatchObject([{ body: { state: 'completed' } }])
    expect(await takeAll(ann)).toEqual([])
    const other = await ann.ok('POST', '/tasks', { to: bob.name, task: 't', replyTo: carl.name })
    expect(await carl.ok('POST', `/tasks/${other.id}/cancel`, {})).toMatchObject({ state: 'canceled' })
  })

  test('delegated twice under one messageId are there once', async () => {
    const [ann, bob] = await pair()
    const asked = { to: bob.name, task: 't', context: { n: 1 }, messageId: 'm' }
    const made = await Promise.all(Array.from({ length: 6 }, () => ann.ok('POST', '/tasks', asked)))
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    expect(await takeAll(bob)).toHaveLength(1)
    expect(await ann.refused('POST', '/tasks', { ...asked, task: 'u' })).toBe('idempotency_conflict')
    const again = { ...asked, messageId: 'n' }
    const both = await Promise.all([again, again].map(each => delegateTask(claw.app, boxOf(ann), each)))
    expect(both.map(task => (task instanceof Fault ? task.code : task.version))).toEqual([1, 1])
    expect(await takeAll(bob)).toHaveLength(1)
  })

  test('and messages under an id whose former use is forgotten are new ones, and arrive', async () => {
    const [ann, bob] = await pair()
    const asked = { to: bob.name, task: 't', context: { n: 1 }, messageId: 'm', deadlineSeconds: 2_000_000 }
    const text = 'x'.repeat(5_000)
    const { id } = await ann.ok('POST', '/tasks', asked)
    await step(ann, id, 'cancel')
    await ann.send(bob, text, { messageId: 'm' })
    await takeAll(bob)
    claw.clock.leap((claw.app.config.relayKeepHours + 1) * 60 * 60_000)
    await sweepRelay(claw.app)
    expect(await ann.ok('POST', '/tasks', asked)).toMatchObject({ id, state: 'submitted', version: 1 })
    await ann.send(bob, text, { messageId: 'm' })
    expect(await takeAll(bob)).toMatchObject([
      { kind: 'task', taskId: id, body: { context: { n: 1 } } },
      { body: text },
    ])
  })

  test('that are canceled are taken back from the mailbox, and whoever has them is told', async () => {
    const [ann, bob] = await pair()
    const { id } = await ann.ok('POST', '/tasks', { to: bob.name, task: 't' })
    await step(ann, id, 'cancel', { reason: 'never mind' })
    expect(await takeAll(bob)).toMatchObject([{ kind: 'task_update', body: { state: 'canceled' } }])
    expect(await bob.refused('POST', `/tasks/${id}/accept`, {})).toBe('conflict')
  })

  test('that are done do not come again, though their message was not acknowledged, and hold up no thread', async () => {
    const [ann, bob] = await pair()
    const { id, thread } = await ann.ok('POST', '/tasks', { to: bob.name, task: 't' })
    await ann.send(bob, 'next', { thread: String(thread) })
    const [offer] = await bob.take()
    const waiting = bob.take(10, 30)
    await step(bob, id, 'complete')
    expect(await waiting).toMatchObject([{ body: 'next' }])
    claw.clock.move(61_000)
    expect(await takeAll(bob)).toMatchObject([{ body: 'next' }])
    await bob.ack(offer)
  })

  test('expire at their deadline, and both sides are told', async () => {
    const [ann, bob] = await pair()
    const { id } = await ann.ok('POST', '/tasks', { to: bob.name, task: 't', deadlineSeconds: 100 })
    await due(99_000)
    expect(await stateOf(ann, id)).toBe('submitted')
    await due(2_000)
    expect(await stateOf(ann, id)).toBe('expired')
    expect(await takeAll(ann)).toMatchObject([{ body: { state: 'expired' } }])
    expect(await takeAll(bob)).toMatchObject([{ body: { state: 'expired' } }])
  })

  test('are changed by one of two who change them at once, and by a version that is known', async () => {
    const [ann, bob] = await pair()
    const { id } = await ann.ok('POST', '/tasks', { to: bob.name, task: 't' })
    const answers = await Promise.all([
      bob.ask('POST', `/tasks/${id}/complete`, { version: 1 }),
      ann.ask('POST', `/tasks/${id}/cancel`, { version: 1 }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    expect((await ann.ok('GET', `/tasks/${id}`)).version).toBe(2)

    // Of two who name no version the slower one takes its step after the other's, or is told why not.
    const other = await ann.ok('POST', '/tasks', { to: bob.name, task: 't' })
    const steps = [
      [bob, 'accept'],
      [ann, 'cancel'],
    ] as const
    await Promise.all(steps.map(([agent, step]) => changeTask(claw.app, boxOf(agent), String(other.id), { step })))
    const { state, version, history } = await ann.ok('GET', `/tasks/${other.id}`)
    expect(state).toBe('canceled')
    expect(history).toHaveLength(Number(version))
  })

  test('refuse a step again that says something else: nothing that was said is lost unseen', async () => {
    const [ann, bob] = await pair()
    const { id } = await ann.ok('POST', '/tasks', { to: bob.name, task: 't' })
    await step(bob, id, 'progress')
    expect(await ann.refused('POST', `/tasks/${id}/answer`, { answer: 'unasked' })).toBe('conflict')
    for (const [who, name, said, other] of [
      [bob, 'ask', { question: 'Which branch?' }, { question: 'Which file?' }],
      [ann, 'answer', { answer: { branch: 'main', file: 1 } }, { answer: { branch: 'next' } }],
      [bob, 'complete', { result: 1, note: 'done' }, { result: 2 }],
    ] as const) {
      const { version } = await step(who, id, name, said)
      expect(await who.refused('POST', `/tasks/${id}/${name}`, other)).toBe('conflict')
      expect(await step(who, id, name, said)).toMatchObject({ version })
    }
  })

  test('name either an agent or a capability', async () => {
    const [ann, bob] = await pair()
    for (const body of [{ task: 't' }, { task: 't', to: bob.name, capability: 'code' }, { task: ' ', to: bob.name }])
      expect(await ann.refused('POST', '/tasks', body)).toBe('validation_error')
  })
})

describe('a task by capability', () => {
  const able = async (name: string, capability: string) => {
    const agent = await newAgent(name)
    await agent.ok('PUT', '/agents/me', { capabilities: [capability] })
    return agent
  }
  const has = async (sender: Agent, id: unknown) => {
    const { to } = await sender.ok('GET', `/tasks/${id}`)
    return (to as { id: string } | null)?.id
  }

  test('goes to one that can, to the next when that one does not accept, and the first can do nothing more', async () => {
    const capability = `code-${++count}`
    const ann = await newAgent('ann')
    const workers = [await able('bob', capability), await able('carl', capability)]
    const { id } = await ann.ok('POST', '/tasks', { capability, task: 't' })
    const firstId = await has(ann, id)
    const [one, other] = workers[0]?.id === firstId ? workers : workers.toReversed()
    if (!one || !other) throw new Error('there are two')
    expect(await other.take()).toEqual([])
    expect(await one.take()).toMatchObject([{ kind: 'task' }])
    claw.clock.move(30_000)
    await other.ok('POST', '/agents/me/heartbeat')
    await due(30_001)
    expect(await has(ann, id)).toBe(other.id)
    expect(await one.refused('POST', `/tasks/${id}/accept`, {})).toBe('conflict')
    await step(other, id, 'accept')
    expect(await takeAll(other)).toMatchObject([{ kind: 'task' }])
    expect(await takeAll(one)).toEqual([])
  })

  test('goes to the next when whoever accepted it goes quiet, and stays while it shows signs of life', async () => {
    const capability = `code-${++count}`
    const ann = await newAgent('ann')
    const bob = await able('bob', capability)
    const { id } = await ann.ok('POST', '/tasks', { capability, task: 't' })
    await step(bob, id, 'accept')
    const carl = await able('carl', capability)
    for (let i = 0; i < 4; i++) {
      await Promise.all([bob, carl].map(each => each.ok('POST', '/agents/me/heartbeat')))
      await due(100_000)
    }
    expect(await has(ann, id)).toBe(bob.id)
    await carl.ok('POST', '/agents/me/heartbeat')
    await due(60_000)
    expect(await has(ann, id)).toBe(carl.id)
    expect(await bob.refused('POST', `/tasks/${id}/complete`, { result: 1 })).toBe('conflict')
    expect(await stateOf(ann, id)).toBe('submitted')

    // Where everybody has gone quiet it waits for who comes back.
    await step(carl, id, 'accept')
    await due(200_000)
    expect(await ann.ok('GET', `/tasks/${id}`)).toMatchObject({ to: null, state: 'submitted' })
    await bob.ok('PUT', '/agents/me', { capabilities: [capability] })
    expect(await has(ann, id)).toBe(bob.id)
  })

  test.each([
    ['as it was asked for', (capability: string) => capability],
    ['in other letters', (capability: string) => capability.toUpperCase()],
  ])('waits while nobody can, and goes at once to the first that comes and says that it can, %s', async (_, said) => {
    const capability = `code-${++count}`
    const ann = await newAgent('ann')
    const { id, to } = await ann.ok('POST', '/tasks', { capability, task: 't' })
    expect(to).toBeNull()
    await due(20_000)
    const bob = await able('bob', said(capability))
    expect(await has(ann, id)).toBe(bob.id)
    expect(await takeAll(bob)).toMatchObject([{ kind: 'task' }])
  })

  test('goes to the next when it is rejected, and is rejected when all have', async () => {
    const capability = `code-${++count}`
    const ann = await newAgent('ann')
    const workers = new Map(
      (await Promise.all([able('bob', capability), able('carl', capability)])).map(w => [w.id, w]),
    )
    const { id } = await ann.ok('POST', '/tasks', { capability, task: 't' })
    const reject = async () => {
      const agent = workers.get((await has(ann, id)) ?? '')
      if (!agent) throw new Error('nobody has it')
      return step(agent, id, 'reject', { reason: 'busy' })
    }
    expect(await reject()).toMatchObject({ state: 'submitted' })
    expect(await reject()).toMatchObject({ state: 'rejected' })

    // Another one is theirs all the same.
    const other = await ann.ok('POST', '/tasks', { capability, task: 'u' })
    const firstId = await has(ann, other.id)
    await due(60_001)
    expect([...workers.keys()].filter(each => each !== firstId)).toEqual([await has(ann, other.id)])
  })

  test('goes back to one that was too slow when the other rejects it, and not again to who has rejected it', async () => {
    const capability = `code-${++count}`
    const ann = await newAgent('ann')
    const workers = [await able('bob', capability), await able('carl', capability)]
    const { id } = await ann.ok('POST', '/tasks', { capability, task: 't' })
    const online = async () => {
      for (const worker of workers) await worker.ok('POST', '/agents/me/heartbeat')
    }
    const slowId = await has(ann, id)
    await due(30_000)
    await online()
    await due(30_001)
    const other = workers.find(worker => worker.id !== slowId)
    if (!other) throw new Error('there are two')
    expect(await has(ann, id)).toBe(other.id)
    expect(await step(other, id, 'reject')).toMatchObject({ state: 'submitted', to: { id: slowId } })
    const { version } = await ann.ok('GET', `/tasks/${id}`)
    await online()
    await due(61_000)
    expect(await ann.ok('GET', `/tasks/${id}`)).toMatchObject({ to: { id: slowId }, version })
  })

  test('is never given to whoever asks for it', async () => {
    const capability = `code-${++count}`
    const ann = await able('ann', capability)
    const { id, to } = await ann.ok('POST', '/tasks', { capability, task: 't' })
    expect(to).toBeNull()
    // Nor is anything about it told to nobody.
    await step(ann, id, 'cancel')
    const told = await claw.app.db.read.selectFrom('relay_messages').select('id').where('mailbox', '=', '').execute()
    expect(told).toEqual([])
  })
})

describe('dead letters', () => {
  test('are seen and put back by an admin', async () => {
    const [ann, bob] = await pair()
    // Too long for its own row.
    const body = 'stuck'.repeat(1_000)
    await ann.send(bob, body, { expiresInSeconds: 600 })
    for (let i = 0; i < 2; i++) {
      await bob.take()
      claw.clock.move(60_001)
    }
    expect(await bob.take()).toEqual([])
    const keptMs = claw.app.config.relayKeepHours * 60 * 60_000
    claw.clock.leap(keptMs - 60_000)
    const admin = await signIn(claw, { name: 'Ada', role: 'admin' })
    const seen = await admin.rest('GET', '/relay/dead-letters')
    const [letter] = seen.body.items as { id: string }[]
    expect(letter).toMatchObject({ to: { name: bob.name }, from: { name: ann.name }, body })
    expect((await admin.rest('POST', `/relay/dead-letters/${letter?.id}/requeue`)).status).toBe(200)
    // As long as it waits now, what it says is kept.
    claw.clock.leap(600_000)
    await sweepRelay(claw.app)
    expect(await bob.take()).toMatchObject([{ body, deliveries: 1 }])
  })

  test('are not put back where they are of a task that has ended', async () => {
    const [ann, bob] = await pair()
    const { id } = await ann.ok('POST', '/tasks', { to: bob.name, task: 't' })
    for (let i = 0; i < 2; i++) {
      await bob.take()
      claw.clock.move(60_001)
    }
    expect(await bob.take()).toEqual([])
    const admin = await signIn(claw, { name: 'Ada', role: 'admin' })
    const seen = await admin.rest('GET', '/relay/dead-letters')
    const letter = (seen.body.items as { id: string; taskId: string }[]).find(({ taskId }) => taskId === id)
    const requeue = async () => (await admin.rest('POST', `/relay/dead-letters/${letter?.id}/requeue`)).body.code
    await step(ann, id, 'cancel')
    expect(await requeue()).toBe('conflict')
    expect(await takeAll(bob)).toMatchObject([{ kind: 'task_update', body: { state: 'canceled' } }])
  })
})
