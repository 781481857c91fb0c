/** Agents elsewhere that speak A2A, as agents of the relay: one ClawLink asks another, as it would any. */
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailboxTopic } from '../../src/relay/wake.ts'
import { agentAt, register } from '../kit/a2a.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { signIn } from '../kit/member.ts'
import { startReceiver } from '../kit/webhook-receiver.ts'

describe('a remote agent', () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  let there: TestClawLink
  let here: TestClawLink
  let far: string
  beforeAll(async () => {
    receiver = await startReceiver()
    there = await startClawLink({ connected: false })
    far = await there.newKey({ agent: 'Worker' })
    await register(there, far)
    here = await startClawLink({
      connected: false,
      config: { outboundAllow: [new URL(there.url).host, receiver.host], relayMailboxMax: 30 },
    })
  })
  afterAll(async () => {
    await here.stop()
    await there.stop()
    await receiver.stop()
  })
  const add = async (body: object) =>
    (await signIn(here, { name: 'Ada', role: 'owner' })).rest('POST', '/relay/agents/remote', body)
  /** A task of ours as it is now, once the time has come to ask for it. */
  const seen = async (id: string, key = here.key) => {
    here.clock.move(1_500)
    return (await here.rest('GET', `/relay/tasks/${id}`, { key })).body
  }
  const delegate = async (to: string, body: object = {}): Promise<string> => {
    const made = await here.rest('POST', '/relay/tasks', { body: { to, task: 'Translate: Gute Nacht', ...body } })
    expect(made.status).toBe(201)
    return String(made.body.id)
  }
  const soon = <T>(see: () => Promise<T>) => expect.poll(see, { timeout: 15_000 })

  test('is delegated to like any other: its question, the answer and its result cross both ways', async () => {
    const added = await add({ url: `${there.url}/a2a/Worker`, token: there.key, name: 'Far worker' })
    expect(added).toMatchObject({ status: 201, body: { name: 'Far worker', hasToken: true } })
    const id = await delegate('Far worker', { context: { tone: 'kind' } })
    const [offer] = await agentAt(there, far).inbox()
    expect(offer?.body.task).toBe('Translate: Gute Nacht')
    const farId = String(offer?.taskId)
    await agentAt(there, far).step(farId, 'ask', { question: 'Which language?' })
    await soon(async () => (await seen(id)).state).toBe('input_required')
    expect(JSON.stringify((await seen(id)).history)).toContain('Which language?')
    await agentAt(here, here.key).step(id, 'answer', { answer: 'English' })
    const [told] = await agentAt(there, far).inbox()
    expect(told?.body).toMatchObject({ step: 'answer', answer: { text: 'English' } })
    await agentAt(there, far).step(farId, 'complete', { result: 'Good night' })
    await soon(async () => (await seen(id)).state).toBe('completed')
    const history = (await seen(id)).history as { said: { result?: unknown } }[] // as documented
    expect(history.at(-1)?.said.result).toBe('Good night')
  })

  test('is told when its task is canceled here', async () => {
    const id = await delegate('Far worker')
    const [offer] = await agentAt(there, far).inbox()
    await agentAt(here, here.key).step(id, 'cancel')
    await soon(async () => {
      await seen(id)
      return (await there.rest('GET', `/relay/tasks/${offer?.taskId}`, { key: far })).body.state
    }).toBe('canceled')
    await agentAt(there, far).inbox()
  })

  test('gets a task that another remote agent has rejected', async () => {
    const ada = await signIn(here, { name: 'Ada', role: 'owner' })
    const keys = await Promise.all(['Second', 'Third'].map(agent => there.newKey({ agent })))
    const remotes: unknown[] = []
    for (const [at, key] of keys.entries()) {
      const made = await there.rest('PUT', '/relay/agents/me', { key, body: { capabilities: ['sums'] } })
      const url = `${there.url}/a2a/${made.body.id}`
      const added = await ada.rest('POST', '/relay/agents/remote', { url, token: there.key, name: `Reckoner ${at}` })
      expect(added.status).toBe(201)
      remotes.push(added.body.id)
    }
    const { body } = await here.rest('POST', '/relay/tasks', { body: { capability: 'sums', task: '2 + 2' } })
    const offers: { key: string; taskId: string }[] = []
    const look = async () => {
      await seen(String(body.id))
      for (const key of keys) {
        const inbox = await there.rest('POST', '/relay/inbox', { key, body: { limit: 10 } })
        const items = inbox.body.items as { taskId: string }[] // as documented
        offers.push(...items.map(({ taskId }) => ({ key, taskId })))
      }
      return offers.length
    }
    await soon(look).toBe(1)
    const [first] = offers
    await agentAt(there, String(first?.key)).step(String(first?.taskId), 'reject', { reason: 'Not now' })
    await soon(look).toBe(2)
    const second = offers[1]
    expect(second?.key).not.toBe(first?.key)
    await agentAt(there, String(second?.key)).step(String(second?.taskId), 'complete', { result: '4' })
    await soon(async () => (await seen(String(body.id))).state).toBe('completed')
    // And nothing is left that listens for one that is removed.
    for (const id of remotes) await ada.rest('DELETE', `/relay/agents/remote/${id}`)
    await soon(async () => {
      here.clock.move(5_000)
      return remotes.map(id => here.app.wakes.listenerCount(mailboxTopic(String(id))))
    }).toEqual([0, 0])
  })

  /** Adds an agent that answers each method as it is told here; undefined: not at all. */
  const addScripted = async (
    name: string,
    answer: (method: string, params: Record<string, unknown>) => object | undefined,
  ) => {
    const path = `/${name}`
    const card = {
      name,
      description: '',
      version: '1',
      capabilities: {},
      defaultInputModes: ['text/plain'],
      defaultOutputModes: ['text/plain'],
      skills: [],
      supportedInterfaces: [{ url: receiver.url(path), protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
    }
    const tell = (response: ServerResponse, told: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(told))
    receiver.on(`${path}/.well-known/agent-card.json`, response => tell(response, card))
    receiver.on(path, (response, { body }) => {
      const { method, id, params } = JSON.parse(body)
      const result = answer(method, params)
      return result ? tell(response, { jsonrpc: '2.0', id, result }) : response.destroy()
    })
    const { status } = await add({ url: receiver.url(path) })
    expect(status).toBe(201)
  }

  test('gets a message that may have arrived never twice', async () => {
    const methods: string[] = []
    await addScripted('Unsure', method => {
      methods.push(method)
      return method === 'SendMessage' ? undefined : { tasks: [], nextPageToken: '', pageSize: 100, totalSize: 0 }
    })
    const id = await delegate('Unsure')
    await soon(async () => (await seen(id)).state).toBe('failed')
    expect(methods).toEqual(['SendMessage', 'ListTasks'])
    expect(JSON.stringify((await seen(id)).history)).toContain('It was not sent again.')
  })

  test.each([
    ['once more where it did not', 'Forgetful', false, 3],
    ['once where it did', 'Attentive', true, 2],
  ])('gets an answer that may have arrived %s', async (_, name, has, sends) => {
    let last = ''
    let sent = 0
    const others: string[] = []
    const task = (state: string, history: object[] = []) => ({ id: 'far', contextId: 'c', status: { state }, history })
    const asking = () => {
      const history = [{ messageId: last, role: 'ROLE_USER', parts: [{ text: 'yes' }] }]
      return task('TASK_STATE_INPUT_REQUIRED', has ? history : [])
    }
    await addScripted(name, (method, params) => {
      if (method === 'GetTask') return sent < sends ? asking() : task('TASK_STATE_COMPLETED')
      if (method !== 'SendMessage') others.push(method)
      last = String(Object(params.message).messageId)
      sent += 1
      if (sent === 1) return { task: asking() }
      return sent === 2 ? undefined : { task: task('TASK_STATE_WORKING') }
    })
    const id = await delegate(name)
    await soon(async () => (await seen(id)).state).toBe('input_required')
    await agentAt(here, here.key).step(id, 'answer', { answer: 'yes' })
    await soon(async () => (await seen(id)).state).toBe('completed')
    // Nor is it asked to cancel what it has completed.
    expect({ sent, others }).toEqual({ sent: sends, others: [] })
  })

  test.each([
    ['a text', 'Brief', [{ text: 'Good night' }], 'Good night'],
    ['more', 'Wordy', [{ text: 'Good' }, { text: 'night' }], { a2a: { artifacts: [{ artifactId: 'm' }] } }],
  ])('that answers with a message of %s has completed the task by it', async (_, name, parts, result) => {
    await addScripted(name, () => ({ message: { messageId: 'm', role: 'ROLE_AGENT', parts } }))
    const id = await delegate(name)
    await soon(async () => (await seen(id)).state).toBe('completed')
    const history = (await seen(id)).history as { said: { result?: unknown } }[] // as documented
    expect(history.at(-1)?.said).toMatchObject({ result })
  })

  test('gets no message that is no task: whoever looks after the relay sees it', async () => {
    await here.rest('POST', '/relay/messages', { body: { to: 'Far worker', body: 'hello' } })
    const ada = await signIn(here, { name: 'Ada', role: 'owner' })
    await soon(async () => {
      here.clock.move(1_500)
      return (await ada.rest('GET', '/relay/dead-letters')).body.items
    }).toMatchObject([{ body: 'hello', problem: expect.stringContaining('A remote agent takes tasks only.') }])
  })

  test('that answers with more than can be kept fails the task, saying so', async () => {
    const status = { state: 'TASK_STATE_COMPLETED' }
    const done = {
      id: 'far',
      contextId: 'c',
      status,
      artifacts: [{ artifactId: 'a', parts: [{ text: 'x'.repeat(1_100_000) }] }],
    }
    await addScripted('Talker', method => (method === 'SendMessage' ? { task: done } : done))
    const id = await delegate('Talker')
    await soon(async () => (await seen(id)).state).toBe('failed')
    expect(JSON.stringify((await seen(id)).history)).toContain('more than can be kept')
  })

  test('asks again when there was no room for its question', async () => {
    const status = { state: 'TASK_STATE_INPUT_REQUIRED' }
    const asking = { id: 'far', contextId: 'c', status, artifacts: [] }
    await addScripted('Asker', method => (method === 'SendMessage' ? { task: asking } : asking))
    const busy = await here.newKey({ agent: 'busy' })
    for (let at = 0; at < 30; at++) await here.rest('POST', '/relay/messages', { body: { to: 'busy', body: at } })
    const made = await here.rest('POST', '/relay/tasks', { key: busy, body: { to: 'Asker', task: 't' } })
    const id = String(made.body.id)
    await soon(async () => (await seen(id, busy)).state).toBe('accepted')
    await agentAt(here, busy).inbox()
    here.clock.move(30_000)
    await soon(async () => (await seen(id, busy)).state).toBe('input_required')
  })

  test.each([
    ['an address of this machine', 'http://127.0.0.1:1/agent'],
    ['an address that tells secrets', 'http://169.254.169.254/agent'],
    ['what is no URL', 'agent'],
  ])('is refused at %s', async (_, url) => {
    expect((await add({ url })).body).toMatchObject({ code: 'validation_error' })
  })

  test('is refused without a card, with a token for another host, and under a name that is taken', async () => {
    expect((await add({ url: receiver.url('/nothing') })).body).toMatchObject({ code: 'validation_error' })
    expect((await add({ url: `${there.url}/a2a/Worker` })).body).toMatchObject({ code: 'validation_error' })
    const taken = await add({ url: `${there.url}/a2a/Worker`, token: there.key, name: 'tester' })
    expect(taken.body).toMatchObject({ code: 'conflict' })
    const elsewhere = { url: `${there.url}/a2a`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }
    receiver.on('/thief.json', response =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          name: 'Thief',
          description: '',
          version: '1',
          capabilities: {},
          skills: [],
          defaultInputModes: ['text/plain'],
          defaultOutputModes: ['text/plain'],
          supportedInterfaces: [elsewhere],
        }),
      ),
    )
    expect((await add({ url: receiver.url('/thief.json'), token: 'a-token' })).body).toMatchObject({
      code: 'validation_error',
    })
  })

  test('is added by owners and admins alone, listed without its token, removed, and added again', async () => {
    const member = await signIn(here, { name: 'Mia', role: 'member' })
    expect((await member.rest('POST', '/relay/agents/remote', { url: 'https://x.example' })).status).toBe(403)
    const listed = await here.rest('GET', '/relay/agents/remote')
    expect(listed.text).not.toContain(there.key)
    const items = listed.body.items as { id: string; name: string }[] // as documented
    const remote = items.find(({ name }) => name === 'Far worker')
    const ada = await signIn(here, { name: 'Ada', role: 'owner' })
    expect((await ada.rest('DELETE', `/relay/agents/remote/${remote?.id}`)).status).toBe(200)
    expect((await ada.rest('DELETE', `/relay/agents/remote/${remote?.id}`)).status).toBe(404)
    const seals = await here.app.db.read.selectFrom('seals').select('id').where('id', 'like', 'a2a:%').execute()
    expect(seals).toEqual([])
    here.clock.move(2_000)
    const refused = await here.rest('POST', '/relay/tasks', { body: { to: 'Far worker', task: 't' } })
    expect(refused.body).toMatchObject({ code: 'not_found', detail: 'The agent Far worker was removed.' })
    const again = await add({ url: `${there.url}/a2a/Worker`, token: there.key, name: 'Far worker' })
    expect(again).toMatchObject({ status: 201, body: { id: remote?.id } })
  })
})
