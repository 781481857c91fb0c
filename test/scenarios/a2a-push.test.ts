/** Push notifications of A2A: what is told to whom, and what is not. */
import { randomUUID } from 'node:crypto'
import type { Client } from '@a2a-js/sdk/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeAgent } from '../../src/accounts/remove-agent.ts'
import {
  agentAt,
  type Binding,
  clientOf as clientAt,
  codeOf,
  message,
  register,
  request,
  sendTask,
  type Version,
} from '../kit/a2a.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { answer, type Received, startReceiver } from '../kit/webhook-receiver.ts'

let receiver: Awaited<ReturnType<typeof startReceiver>>
let claw: TestClawLink
let worker: string
let workerId: string
beforeAll(async () => {
  receiver = await startReceiver()
  claw = await startClawLink({ connected: false, config: { outboundAllow: [receiver.host] } })
  worker = await claw.newKey({ agent: 'Worker' })
  workerId = await register(claw, worker)
})
afterAll(async () => {
  await claw.stop()
  await receiver.stop()
})

const agent = () => agentAt(claw, worker)
const open = (options: { key?: string; binding?: Binding; version?: Version } = {}): Promise<Client> =>
  clientAt(`${claw.url}/a2a/Worker`, { key: claw.key, ...options })

const stateIn = ({ body }: Received): string => {
  const said = JSON.parse(body)
  if (said.artifactUpdate) return 'artifact'
  return said.statusUpdate?.status.state ?? said.status?.state
}

test.each<[Version, Binding]>([
  ['1.0', 'JSONRPC'],
  ['1.0', 'HTTP+JSON'],
  ['0.3', 'JSONRPC'],
  ['0.3', 'HTTP+JSON'],
])(
  'A2A %s over %s: they are set, read, listed, delivered in order with their credentials, and deleted',
  async (version, binding) => {
    const client = await open({ version, binding })
    const path = `/push-${randomUUID()}`
    // Its first try fails: it comes again, once the clock has moved.
    let tries = 0
    receiver.on(path, (response, received) => {
      tries += 1
      return answer(tries === 1 ? 500 : 200)(response, received)
    })
    const task = await sendTask(client)
    const config = {
      tenant: '',
      id: 'mine',
      taskId: task.id,
      url: receiver.url(path),
      token: 'shared-token',
      authentication: { scheme: 'Bearer', credentials: 'their-secret' },
    }
    const made = await client.createTaskPushNotificationConfig(config)
    expect(made).toMatchObject({ id: 'mine', url: config.url })
    const asked = { tenant: '', taskId: task.id, id: 'mine' }
    expect(await client.getTaskPushNotificationConfig(asked)).toMatchObject({ token: 'shared-token' })
    const page = { tenant: '', taskId: task.id, pageSize: 0, pageToken: '' }
    expect((await client.listTaskPushNotificationConfig(page)).configs).toHaveLength(1)
    await agent().inbox()
    await agent().step(task.id, 'progress', { note: 'Soon' })
    await expect.poll(() => tries).toBeGreaterThanOrEqual(1)
    await agent().step(task.id, 'complete', { result: 'Done' })
    const told = () => {
      claw.clock.move(2_000)
      return receiver.at(path).length
    }
    await expect.poll(told, { timeout: 10_000 }).toBe(4)
    const [first] = receiver.at(path).slice(1)
    expect(first?.headers).toMatchObject({
      authorization: 'Bearer their-secret',
      'x-a2a-notification-token': 'shared-token',
    })
    const bodies = receiver.at(path).slice(1).map(stateIn)
    expect(bodies.at(-1)).toBe(version === '0.3' ? 'completed' : 'TASK_STATE_COMPLETED')
    if (version === '1.0') expect(bodies).toEqual(['TASK_STATE_WORKING', 'artifact', 'TASK_STATE_COMPLETED'])
    await client.deleteTaskPushNotificationConfig(asked)
    expect((await client.listTaskPushNotificationConfig(page)).configs).toEqual([])
  },
)

test('a receiver that was away is told of all that happened, in order, and was not asked at each change', async () => {
  const client = await open()
  const path = `/away-${randomUUID()}`
  let isAway = true
  receiver.on(path, (response, received) => answer(isAway ? 500 : 200)(response, received))
  const { id } = await sendTask(client)
  const push = { tenant: '', id: 'p', taskId: id, url: receiver.url(path), token: '', authentication: undefined }
  await client.createTaskPushNotificationConfig(push)
  await agent().inbox()
  claw.app.random = () => 0.9
  for (let note = 2; note <= 20; note++) await agent().step(id, 'progress', { note: `${note}` })
  await expect.poll(() => receiver.at(path).length).toBeGreaterThan(0)
  // More than a task shows of its history.
  const { db } = claw.app
  const said = {
    task_id: id,
    at: 0,
    step: 'progress',
    state: 'in_progress',
    by_kind: 'agent',
    by_id: workerId,
  } as const
  const events = Array.from({ length: 205 }, (_, at) => ({ ...said, version: 21 + at, sealed: '' }))
  await db.write(async tx => {
    await tx.insertInto('relay_task_events').values(events).execute()
    await tx.updateTable('relay_tasks').set({ version: 225 }).where('id', '=', id).execute()
  })
  await agent().step(id, 'complete')
  expect(receiver.at(path).length).toBeLessThan(10)
  const before = receiver.at(path).length
  isAway = false
  await expect
    .poll(
      () => {
        claw.clock.move(1_000)
        return receiver.at(path).length - before
      },
      { timeout: 10_000 },
    )
    .toBe(225)
  const states = receiver
    .at(path)
    .slice(before)
    .map(({ body }) => JSON.parse(body).statusUpdate.status)
  const notes = states.slice(0, 19).map(({ message }) => message.parts[0].text)
  expect(notes).toEqual(Array.from({ length: 19 }, (_, at) => `${2 + at}`))
  expect(states.at(-1).state).toBe('TASK_STATE_COMPLETED')
  claw.app.random = () => 0
})

test('a push notification config of one agent is not replaced by that of another which is told of the task too', async () => {
  const other = await claw.newKey({ agent: 'Told' })
  await register(claw, other)
  const { body } = await claw.rest('POST', '/relay/tasks', { body: { to: 'Worker', task: 't', replyTo: 'Told' } })
  const config = { tenant: '', id: 'mine', taskId: String(body.id), token: '', authentication: undefined }
  const [one, two] = await Promise.all([open(), open({ key: other })])
  const ours = { ...config, url: receiver.url('/ours') }
  await one.createTaskPushNotificationConfig(ours)
  const theirs = { ...config, url: receiver.url('/theirs') }
  await expect(two.createTaskPushNotificationConfig(theirs)).rejects.toThrow('Choose another id')
  expect(await two.createTaskPushNotificationConfig({ ...theirs, id: 'theirs' })).toMatchObject({ url: theirs.url })
  const asked = { tenant: '', taskId: config.taskId, id: 'mine' }
  expect(await one.getTaskPushNotificationConfig(asked)).toMatchObject({ url: ours.url })
  expect(await one.createTaskPushNotificationConfig({ ...ours, token: 'anew' })).toMatchObject({ token: 'anew' })
})

test.each(['http://169.254.169.254/latest', 'http://127.0.0.1:1/', 'https://10.0.0.1/', 'file:///etc/passwd'])(
  'nothing is pushed to %s, and no task is made for it',
  async url => {
    const key = await claw.newKey({ agent: 'Pusher' })
    const client = await open({ key })
    const asked = request(message('Push'))
    const push = { tenant: '', id: '', taskId: '', url, token: '', authentication: undefined }
    const configuration = { acceptedOutputModes: [], returnImmediately: true, taskPushNotificationConfig: push }
    expect(await codeOf(client.sendMessage({ ...asked, configuration }))).toMatch(/RequestMalformed/)
    const all = { tenant: '', contextId: '', status: 0, pageToken: '', statusTimestampAfter: undefined }
    expect((await client.listTasks(all)).tasks).toEqual([])
  },
)

test.each<[string, string, (name: string) => Promise<unknown>, number]>([
  ['an agent that is ended is told nothing more of its tasks', 'Ended', name => endAgent(name), 1],
  [
    'what was set with a key that is revoked tells nothing more, though its agent has another one',
    'Robbed',
    async name => [await claw.newKey({ agent: name }), await endFirstKey(name, { revoked_at: 1 })],
    1,
  ],
  [
    'what was set with a key that has run out goes on for an agent that has another one',
    'Renewed',
    async name => [await claw.newKey({ agent: name }), await endFirstKey(name, { expires_at: 1 })],
    3,
  ],
])('%s', async (_, name, end, times) => {
  const key = await claw.newKey({ agent: name })
  const [path, other] = [`/push-${randomUUID()}`, `/push-${randomUUID()}`]
  const client = await open({ key })
  const task = await sendTask(client)
  await agent().inbox()
  const config = { tenant: '', id: '', taskId: task.id, token: '', authentication: undefined }
  await client.createTaskPushNotificationConfig({ ...config, url: receiver.url(path) })
  await agent().step(task.id, 'progress', { note: 'Before' })
  await expect.poll(() => receiver.at(path).length).toBe(1)
  await end(name)
  await agent().step(task.id, 'complete', { result: 'A secret' })
  // Another one that is told later shows that its turn came.
  const later = await sendTask(await open())
  await agent().inbox()
  const others = { ...config, taskId: later.id, url: receiver.url(other) }
  await (await open()).createTaskPushNotificationConfig(others)
  await agent().step(later.id, 'complete', { result: 'Done' })
  await expect.poll(() => receiver.at(other).length).toBe(2)
  await expect.poll(() => receiver.at(path).length).toBe(times)
})

async function endAgent(id: string) {
  const ended = await removeAgent(claw.app.db, claw.clock.now(), { workspaceId: claw.app.workspaceId, id })
  expect(ended).toMatchObject({ keys: 1 })
}

async function endFirstKey(agentName: string, change: { revoked_at: number } | { expires_at: number }) {
  const { db } = claw.app
  const agent = await db.read.selectFrom('agents').select('id').where('name', '=', agentName).executeTakeFirstOrThrow()
  const { id } = await db.read
    .selectFrom('keys')
    .select('id')
    .where('agent_id', '=', agent.id)
    .orderBy('id')
    .executeTakeFirstOrThrow()
  await db.write(tx => tx.updateTable('keys').set(change).where('id', '=', id).execute())
}
