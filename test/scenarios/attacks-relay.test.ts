import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inboxTool } from '../../src/http/mcp/protocol.ts'
import type { TestClawLink } from '../kit/clawlink.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import { type Agent, relayAgent } from '../kit/relay-agent.ts'
import { relayAgents, startSmallRelay } from '../kit/relay-agents.ts'
import { everythingOf, writtenForms } from '../kit/scan.ts'
import { openSocket, refusalOf } from '../kit/web-socket.ts'

let claw: TestClawLink
const { newAgent, trio, own, waiting } = relayAgents(() => claw)

beforeAll(async () => {
  claw = await startSmallRelay()
})
afterAll(() => claw.stop())

async function revoke({ key }: Agent): Promise<void> {
  await claw.app.db.write(tx =>
    tx
      .updateTable('keys')
      .set({ revoked_at: claw.clock.now() })
      .where('last_four', '=', key.slice(-4))
      .where('revoked_at', 'is', null)
      .execute(),
  )
  claw.clock.move(1_001)
}

const seed = (agent: Agent, method: string, path: string, body?: unknown) =>
  claw.http({
    method,
    path,
    headers: { authorization: `Bearer ${agent.key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

describe('a thread', () => {
  test('is not held up by what somebody sends into it for a device that is not there', async () => {
    const [ann, bob, mallory] = await trio()
    const thread = own('thread')
    await mallory.ok('POST', '/messages', { to: `${bob.name}/nowhere`, body: 'stop', thread })
    await ann.send(bob, 'go', { thread })
    expect(await bob.at('tower').take()).toMatchObject([{ body: 'go' }])
  })

  test('is in order at each device, whatever is for another one', async () => {
    const [ann, bob] = await trio()
    const thread = own('thread')
    await ann.ok('POST', '/messages', { to: `${bob.name}/phone`, body: 1, thread })
    await ann.send(bob, 2, { thread })
    const [first, ...more] = await bob.at('phone').take()
    expect([first?.body, more]).toEqual([1, []])
    await bob.at('phone').ack(first)
    expect(await bob.at('phone').take()).toMatchObject([{ body: 2 }])
  })

  test('goes on at once after however many of its messages have expired', async () => {
    const [ann, bob] = await trio()
    const thread = own('thread')
    for (let n = 0; n < 8; n++)
      await ann.ok('POST', '/messages', { to: bob.name, body: n, thread, expiresInSeconds: 1 })
    await ann.send(bob, 'still there', { thread })
    claw.clock.move(1_500)
    expect(await bob.take()).toMatchObject([{ body: 'still there' }])
  })
})

describe('a mailbox', () => {
  test('is not flooded by somebody who asks and answers himself', async () => {
    const [, bob, mallory] = await trio()
    const { id } = await mallory.ok('POST', '/tasks', { to: mallory.name, task: 'x', replyTo: bob.name })
    let refused: unknown
    for (let n = 0; n < 30 && refused === undefined; n++) {
      const asked = await mallory.ask('POST', `/tasks/${id}/ask`, { question: 'why?' })
      if (asked.status < 400) await mallory.ok('POST', `/tasks/${id}/answer`, { answer: 'because' })
      else refused = asked.body.code
      await mallory.ack((await mallory.take(1))[0])
    }
    expect(refused).toBe('quota_exceeded')
    // What finds no room is in the history only.
    await mallory.ok('POST', `/tasks/${id}/progress`, { note: 'still at it' })
    expect(await waiting(bob)).toBeLessThanOrEqual(20)
  })

  test('is not flooded by offers of tasks', async () => {
    const [, bob, mallory] = await trio()
    const capability = own('skill')
    await bob.ok('PUT', '/agents/me', { capabilities: [capability] })
    for (let n = 0; n < 25; n++) await mallory.ok('POST', '/tasks', { capability, task: 'x' })
    expect(await waiting(bob)).toBeLessThanOrEqual(20)
    const first = await bob.take(100)
    for (const each of first) await bob.ok('POST', `/tasks/${each.taskId}/complete`, {})
    for (const each of first) await bob.ack(each)
  })
})

describe('a key that is revoked', () => {
  test('gets nothing from a poll that was open', async () => {
    const [ann, bob] = await trio()
    const polling = bob.ask('POST', '/inbox', { waitSeconds: 60 })
    await expect.poll(() => claw.app.wakes.listenerCount(`mailbox ${bob.id}`)).toBeGreaterThan(0)
    await revoke(bob)
    await ann.send(bob, 'secret')
    claw.clock.move(61_000)
    const { status, body } = await polling
    expect(JSON.stringify(body)).not.toContain('secret')
    expect(status).toBe(401)
    expect(await waiting(bob)).toBe(1)
  })

  test('gets nothing from a poll of the openclaw-link protocol that was open', async () => {
    const [ann, bob] = await trio()
    await seed(bob, 'POST', '/register', { agent_id: own('seed'), name: 'b' })
    const polling = seed(bob, 'GET', `/poll/${own('seed')}?wait=60`)
    await expect.poll(() => claw.app.wakes.listenerCount(`mailbox ${bob.id}`)).toBeGreaterThan(0)
    await revoke(bob)
    await ann.send(bob, 'secret')
    claw.clock.move(61_000)
    const { status, text } = await polling
    expect(text).not.toContain('secret')
    expect(status).toBe(401)
  })

  test('gets nothing from a tool that was waiting', async () => {
    const [ann, bob] = await trio()
    const calling = claw.mcp(
      'tools/call',
      { name: inboxTool, arguments: { wait: 60 } },
      { authorization: `Bearer ${bob.key}` },
    )
    await expect.poll(() => claw.app.wakes.listenerCount(`mailbox ${bob.id}`)).toBeGreaterThan(0)
    await revoke(bob)
    await ann.send(bob, 'secret')
    claw.clock.move(61_000)
    expect(JSON.stringify(await calling)).not.toContain('secret')
    expect(await waiting(bob)).toBe(1)
  })
})

test('a key that may not use the relay reaches nothing of it, by whatever door', async () => {
  const key = await claw.newKey({ agent: 'alone', scope: { relay: false } })
  const alone = await relayAgent(claw, 'alone', key)
  for (const [method, path] of [
    ['GET', '/agents'],
    ['GET', '/messages'],
    ['GET', '/tasks'],
    ['GET', '/broadcasts'],
    ['GET', '/files'],
    ['GET', '/dead-letters'],
    ['DELETE', '/files/a'],
  ] as const)
    expect(await alone.refused(method, path)).toBe('forbidden')
  expect(await alone.refused('POST', '/inbox', {})).toBe('forbidden')
  expect(await refusalOf(openSocket(claw.url, '/ws', { key }))).toBe(403)
  expect(await refusalOf(openSocket(claw.url, '/ws/x', { key }))).toBe(403)
  for (const path of ['/discover', '/files', '/files/a', '/poll/x'])
    expect((await seed(alone, 'GET', path)).status).toBe(403)
  const { body } = await claw.mcp('tools/call', { name: inboxTool, arguments: {} }, { authorization: `Bearer ${key}` })
  expect(JSON.stringify(body)).toMatch(/may not use the relay|not known|no tool/i)
})

describe('an agent cannot pass for another', () => {
  test('by a device that is called like it', async () => {
    const [ann, bob, mallory] = await trio()
    await seed(ann, 'POST', '/register', { agent_id: own('reader'), name: 'ann' })
    await mallory.at(bob.name).ok('PUT', '/agents/me', {})
    await mallory.at(bob.name).send(ann, 'I am bob')
    const { text } = await seed(ann, 'GET', `/poll/${own('reader')}`)
    expect(JSON.parse(text).messages).toMatchObject([{ content: 'I am bob', from_agent: mallory.id }])
    // And who is called so is not locked out.
    expect((await seed(bob, 'GET', `/poll/${bob.name}`)).status).toBe(200)
  })

  test('by registering again what was given up and taken by somebody else', async () => {
    const [ann, bob, mallory] = await trio()
    const name = own('shared-name')
    await mallory.at(name).ok('PUT', '/agents/me', {})
    await mallory.at(name).ok('DELETE', '/agents/me')
    claw.clock.move(1)
    expect((await seed(bob, 'POST', '/register', { agent_id: name, name: 'bob' })).status).toBe(200)
    claw.clock.move(1)
    await mallory.at(name).ok('PUT', '/agents/me', {})
    await seed(ann, 'POST', '/register', { agent_id: own('sender'), name: 'ann' })
    const told = await seed(ann, 'POST', '/delegate', {
      from_agent: own('sender'),
      to_agent: name,
      task: 'for bob',
    })
    expect(told.status).toBe(200)
    const { text } = await seed(bob, 'GET', `/poll/${name}`)
    expect(text).toContain('for bob')
  })

  test('or do anything to its messages and tasks, whatever ids and leases it knows', async () => {
    const [ann, bob, mallory] = await trio()
    await ann.send(bob, 'mine', { thread: own('private') })
    const [message] = await bob.take()
    const known = { lease: message?.lease }
    for (const step of ['ack', 'extend', 'release'])
      for (const who of [mallory, mallory.at(bob.name), ann])
        expect(await who.refused('POST', `/inbox/${message?.id}/${step}`, known)).toBe('not_found')
    for (const lease of [' ', 'lease_', '%', "' or 1=1 --", message?.id])
      expect(await bob.refused('POST', `/inbox/${message?.id}/ack`, { lease })).toBe('conflict')
    expect((await mallory.ok('GET', `/threads/${own('private')}`)).items).toEqual([])
    const { id } = await ann.ok('POST', '/tasks', { to: bob.name, task: 'x' })
    for (const step of ['accept', 'progress', 'complete', 'reject', 'cancel'])
      expect(await mallory.refused('POST', `/tasks/${id}/${step}`, {})).toBe('not_found')
    expect(await mallory.refused('GET', `/tasks/${id}`)).toBe('not_found')
    expect(await ann.refused('POST', `/tasks/${id}/complete`, {})).toBe('conflict')
    expect(await bob.refused('POST', `/tasks/${id}/cancel`, {})).toBe('conflict')
    const other = await otherWorkspace(claw)
    const stranger = await relayAgent(claw, 'stranger', other.key)
    expect(await stranger.refused('GET', `/tasks/${id}`)).toBe('not_found')
    expect(await stranger.refused('POST', '/messages', { to: bob.id, body: 1 })).toBe('not_found')
    expect(await stranger.refused('POST', '/tasks', { to: stranger.name, task: 'x', replyTo: bob.id })).toBe(
      'not_found',
    )
    expect(await stranger.refused('POST', `/inbox/${message?.id}/ack`, known)).toBe('not_found')
    expect((await stranger.ok('GET', `/threads/${own('private')}`)).items).toEqual([])
    expect((await stranger.ok('GET', '/agents')).items).toEqual([])
  })
})

test('the history of a task does not grow for ever, and the task still ends', async () => {
  const [ann, bob, mallory] = await trio()
  const { id } = await ann.ok('POST', '/tasks', { to: bob.name, task: 'x' })
  for (let n = 0; n < 250; n++) await bob.ok('POST', `/tasks/${id}/progress`, { note: `${n}` })
  const { history } = await ann.ok('GET', `/tasks/${id}`)
  expect((history as { version: number }[]).map(({ version }) => version)).toEqual(
    Array.from({ length: 200 }, (_, n) => 52 + n),
  )
  await claw.app.db.write(tx =>
    tx.updateTable('relay_tasks').set({ version: 1_000 }).where('id', '=', String(id)).execute(),
  )
  expect(await bob.refused('POST', `/tasks/${id}/progress`, { note: 'once more' })).toBe('quota_exceeded')
  await bob.ok('POST', `/tasks/${id}/complete`, {})
  await using ws = await openSocket(claw.url, '/ws', { key: mallory.key })
  ws.say({ type: 'hello' })
  await ws.next()
  ws.say({ type: 'step', ref: 'long', id, step: 'progress', note: 'x'.repeat(33_000) })
  expect(await ws.next()).toMatchObject({ type: 'fault', problem: { code: 'validation_error' } })
  const attachments = ['x'.repeat(501)]
  ws.say({ type: 'delegate', ref: 'wide', to: ann.name, task: 'x', attachments })
  expect(await ws.next()).toMatchObject({ type: 'fault', problem: { code: 'validation_error' } })
})

describe('what no database stores', () => {
  test('is refused or not found, and never a failure inside', async () => {
    const [ann, bob] = await trio()
    await ann.send(bob, 1)
    const [message] = await bob.take()
    const nul = '\u0000'
    const asked: [string, string, unknown?][] = [
      ['PUT', '/agents/me', { description: nul }],
      ['PUT', '/agents/me', { description: '\ud800' }],
      ['PUT', '/agents/me', { name: nul }],
      ['GET', '/agents?next=%00'],
      ['GET', '/agents?machine=%00&text=%00&capability=%00'],
      ['POST', '/messages', { to: nul, body: 1 }],
      ['POST', '/messages', { to: bob.name, body: { [nul]: nul, __proto__: 1, constructor: {} } }],
      ['GET', '/threads/%00'],
      ['POST', '/inbox/%00/ack', { lease: 'x' }],
      ['POST', `/inbox/${message?.id}/ack`, { lease: nul }],
      ['POST', `/inbox/${message?.id}/extend`, { lease: nul }],
      ['POST', `/inbox/${message?.id}/release`, { lease: message?.lease, problem: nul }],
      ['GET', '/tasks?next=%00'],
      ['GET', '/tasks/%00'],
      ['POST', '/tasks/%00/accept', {}],
      ['POST', '/tasks', { capability: nul, task: 'x' }],
      ['POST', '/tasks', { to: bob.name, task: nul, attachments: [nul] }],
      ['POST', '/broadcasts', { topic: nul, content: 1 }],
      ['GET', '/broadcasts?topic=%00&tag=%00&text=%00'],
      ['PUT', '/subscriptions/%00', {}],
      ['DELETE', '/subscriptions/%00'],
      ['GET', '/files?prefix=%00'],
      ['GET', '/files?after=%00'],
      ['GET', '/files/%00'],
      ['GET', '/file-history/..%2f..%2fetc%2fpasswd'],
      ['GET', '/messages?after=999999999999999'],
      ['GET', '/files/a?version=99999999999999999999'],
      ['GET', '/file-history/a?before=9999999999'],
      ['POST', '/file-restore/a', { version: 9_999_999_999 }],
      ['POST', '/file-lease/a', { note: '\ud800' }],
      ['POST', `/tasks/x/accept`, { version: 9_999_999_999 }],
    ]
    const failed: string[] = []
    for (const [method, path, body] of asked) {
      const { status } = await ann.ask(method, path, body)
      const other = status < 500 ? { status } : await bob.ask(method, path, body)
      if (status >= 500 || other.status >= 500) failed.push(`${method} ${path} ${JSON.stringify(body)}: ${status}`)
      const { status: again } = await bob.ask(method, path, body)
      if (again >= 500) failed.push(`bob ${method} ${path} ${JSON.stringify(body)}: ${again}`)
    }
    expect(failed).toEqual([])
  })
})

test('nor over a WebSocket, the openclaw-link protocol or a tool', async () => {
  const ann = await newAgent('ann')
  const nul = '\u0000'
  await using ws = await openSocket(claw.url, '/ws', { key: ann.key })
  ws.say({ type: 'hello' })
  await ws.next()
  const frames = [
    { type: 'ack', id: nul, lease: 'x' },
    { type: 'ack', id: 'x', lease: nul },
    { type: 'release', id: 'x', lease: 'x', problem: nul },
    { type: 'step', id: nul, step: 'accept' },
    { type: 'unsubscribe', topic: nul },
    { type: 'send', to: nul, body: nul },
  ]
  for (const frame of frames) {
    ws.say({ ...frame, ref: 'r' })
    expect(await ws.next()).toMatchObject({ type: 'fault', problem: { code: 'validation_error' } })
  }
  const asked: [string, string, unknown?][] = [
    ['POST', '/register', { agent_id: nul }],
    ['POST', '/register', { description: nul, name: nul, machine: nul }],
    ['POST', '/heartbeat', { agent_id: nul }],
    ['POST', '/respond', { from_agent: nul, message_id: nul }],
    ['POST', '/respond', { from_agent: ann.id, message_id: nul, to_agent: ann.id }],
    ['POST', '/delegate', { from_agent: ann.id, to_agent: nul, task: 'x' }],
    ['GET', '/poll/%00'],
    ['GET', '/files/%00'],
    ['POST', '/files', { file_key: nul, content: nul, agent_id: ann.id }],
  ]
  for (const [method, path, body] of asked) expect((await seed(ann, method, path, body)).status).toBeLessThan(500)
  for (const args of [{ ack: [nul] }, { topics: [nul] }, { capabilities: [nul] }])
    expect(
      JSON.stringify(
        await claw.mcp('tools/call', { name: inboxTool, arguments: args }, { authorization: `Bearer ${ann.key}` }),
      ),
    ).not.toMatch(/internal|went wrong/i)
})

test('what agents say is in no row and no log as they said it', async () => {
  const [ann, bob] = await trio()
  const said = (where: string) => `planted-${where}-8f3a91`
  await bob.ok('PUT', '/subscriptions/gossip', {})
  await ann.send(bob, { [said('name')]: said('short') })
  await ann.send(bob, { text: said('long'), more: 'x'.repeat(5_000) })
  await ann.ok('POST', '/broadcasts', { topic: 'gossip', content: said('broadcast') })
  const { id } = await ann.ok('POST', '/tasks', { to: bob.name, task: said('task'), context: said('context') })
  for (const message of await bob.take()) await bob.ack(message)
  await bob.ok('POST', `/tasks/${id}/ask`, { question: said('question') })
  await ann.ok('POST', `/tasks/${id}/answer`, { answer: said('answer') })
  await bob.ok('POST', `/tasks/${id}/fail`, { reason: said('reason'), result: said('result') })
  await ann.ask('POST', '/messages', { to: 'nobody', body: said('lost') })
  await ann.ask('POST', '/messages', { to: bob.name, body: said('wrong'), priority: 'none' })
  const places = ['name', 'short', 'long', 'broadcast', 'task', 'context', 'question', 'answer', 'reason', 'result']
  const found: string[] = []
  for (const [place, text] of await everythingOf(claw))
    for (const where of [...places, 'lost', 'wrong'])
      if (place !== 'the answers' && writtenForms(said(where)).some(form => text.includes(form)))
        found.push(`${where} in ${place}`)
  expect(found).toEqual([])
})
