/** Whoever waits or listens does so at a hundred places at most, and a place is free again however the waiting ends. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { Fault } from '../../src/core/errors.ts'
import { lookUntil } from '../../src/core/look-until.ts'
import type { Place } from '../../src/core/places.ts'
import { mailboxTopic } from '../../src/relay/wake.ts'
import { register } from '../kit/a2a.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { legacy } from '../kit/mcp-messages.ts'
import { signIn } from '../kit/member.ts'
import { relayAgent } from '../kit/relay-agent.ts'
import { sharedClaw } from '../kit/shared-claw.ts'
import { openSocket, refusalOf } from '../kit/web-socket.ts'

type Waiter = TestClawLink & {
  agentId: string
  workerId: string
  /** Of a call that does not end before somebody cancels it. */
  callId: string
  /** Of a link that nobody opens. */
  session: string
}

async function start(): Promise<Waiter> {
  const claw = await startClawLink({ config: { roles: ['web'], stopGraceMs: 600_000 } })
  const workerId = await register(claw, await claw.newKey({ agent: 'Worker' }))
  const body = { arguments: { project: 'website', title: 'A broken door' }, wait: false }
  const queued = await claw.rest('POST', '/tools/sandbox_create_issue/calls', { body })
  const link = await claw.rest('POST', '/connect-sessions', { body: { provider: 'sandbox' } })
  const { id: agentId } = await relayAgent(claw, 'tester', claw.key)
  return Object.assign(claw, { agentId, workerId, callId: String(queued.body.callId), session: String(link.body.id) })
}

/** Takes all places that are free, or so many of them. */
function fill({ app }: TestClawLink, who: string, max = 100): { count: number; leave(): void } {
  const places: Place[] = []
  while (places.length < max) {
    const place = app.places.take(who)
    if (place instanceof Fault) break
    places.push(place)
  }
  return { count: places.length, leave: () => places.forEach(place => void place.leave()) }
}

function free(claw: TestClawLink, who: string): number {
  const { count, leave } = fill(claw, who)
  leave()
  return count
}

const until = <T>(look: () => T) => expect.poll(look, { interval: 5 })

type Asking = { path: string; method?: string; headers?: Record<string, string>; body?: string }
const ask = ({ url, key }: Waiter, { path, headers, ...init }: Asking, signal?: AbortSignal) =>
  fetch(`${url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    ...(signal && { signal }),
  })

const post = (path: string, body: object): Asking => ({ path, method: 'POST', body: JSON.stringify(body) })
const tool = (name: string, args: object, more: object = {}): Asking => ({
  path: '/mcp',
  method: 'POST',
  ...legacy('tools/call', { name, arguments: args, ...more }),
})
const said = () => ({
  message: { messageId: randomUUID(), role: 'ROLE_USER', parts: [{ text: 'Translate: Guten Tag' }] },
})

const waits: [name: string, asking: (claw: Waiter) => Asking][] = [
  ['a request that waits for a call', ({ callId }) => ({ path: `/api/v1/calls/${callId}?wait=60` })],
  ['the events of a call', ({ callId }) => ({ path: `/api/v1/calls/${callId}/events` })],
  ['clawlink_get_call', ({ callId }) => tool('clawlink_get_call', { callId, wait: 60 })],
  [
    'clawlink_get_call with progress',
    ({ callId }) => tool('clawlink_get_call', { callId, wait: 60 }, { _meta: { progressToken: 1 } }),
  ],
  ['a request that waits for a connection', ({ session }) => ({ path: `/api/v1/connect-sessions/${session}?wait=60` })],
  ['clawlink_get_connection', ({ session }) => tool('clawlink_get_connection', { id: session, wait: 60 })],
  ['a request that waits for messages', () => post('/api/v1/relay/inbox', { waitSeconds: 60 })],
  ['clawlink_check_inbox', () => tool('clawlink_check_inbox', { wait: 60 })],
  ['the stream of a mailbox', () => ({ path: '/api/v1/relay/stream', headers: { accept: 'text/event-stream' } })],
  ['a message over A2A whose end is waited for', () => post('/a2a/Worker/message:send', said())],
  ['a stream over A2A', () => post('/a2a/Worker/message:stream', said())],
]

describe('one more than a hundred is refused, and a client that goes away leaves its place:', () => {
  const claw = sharedClaw(start)

  test.each(waits)('%s', async (_, asking) => {
    const waiter = claw()
    const others = fill(waiter, waiter.agentId, 99)
    const gone = new AbortController()
    const waiting = ask(waiter, asking(waiter), gone.signal)
    // Of a stream the answer is there before its client goes, of all others it never comes.
    waiting.catch(() => {})
    await until(() => free(waiter, waiter.agentId)).toBe(0)
    const refused = await ask(waiter, asking(waiter))
    expect(await refused.text()).toContain('You are waiting at 100 places already.')
    gone.abort()
    await until(() => {
      // What looks by the clock sees that it waits for nobody. Never for so long that the wait would be over by itself.
      waiter.clock.move(40)
      return free(waiter, waiter.agentId)
    }).toBe(1)
    await waiting.catch(() => {})
    others.leave()
  })

  test.each(waits.filter(([name]) => /^the /.test(name)))(
    'who asks for nothing but the headers of %s',
    async (_, asking) => {
      const waiter = claw()
      expect((await ask(waiter, { ...asking(waiter), method: 'HEAD' })).status).toBe(200)
      await until(() => {
        waiter.clock.move(40)
        return free(waiter, waiter.agentId)
      }).toBe(100)
    },
  )

  test('a WebSocket', async () => {
    const waiter = claw()
    const others = fill(waiter, waiter.agentId, 99)
    const socket = await openSocket(waiter.url, '/ws', { key: waiter.key })
    expect(await refusalOf(openSocket(waiter.url, '/ws', { key: waiter.key }))).toBe(429)
    await socket.end()
    await until(() => free(waiter, waiter.agentId)).toBe(1)
    others.leave()
  })

  test('of a member, who has places of their own', async () => {
    const waiter = claw()
    const ada = await signIn(waiter, { name: 'Ada', role: 'owner' })
    const path = `/calls/${waiter.callId}?wait=60`
    const others = fill(waiter, ada.id)
    expect(await ada.rest('GET', path)).toMatchObject({
      status: 429,
      body: { code: 'rate_limited', fix: expect.stringContaining('without waiting') },
    })
    expect((await ada.rest('GET', `/calls/${waiter.callId}`)).status).toBe(200)
    expect(free(waiter, waiter.agentId)).toBe(100)
    others.leave()
  })
})

test('a wait that is over and one that is answered leave their places', async () => {
  await using claw = await start()
  const { callId, agentId } = claw
  for (const end of [
    async () => claw.clock.move(60_000),
    async () => void (await claw.rest('POST', `/calls/${callId}/cancel`)),
  ]) {
    const waiting = claw.rest('GET', `/calls/${callId}?wait=60`)
    await until(() => free(claw, agentId)).toBe(99)
    await end()
    expect((await waiting).status).toBe(200)
    expect(free(claw, agentId)).toBe(100)
  }
})

test('a server that stops leaves all places, of streams and of requests that wait', async () => {
  await using claw = await start()
  const waiting = waits.map(([, asking]) => ask(claw, asking(claw)).then(answer => answer.text()))
  const socket = await openSocket(claw.url, '/ws', { key: claw.key })
  await until(() => free(claw, claw.agentId)).toBe(100 - waits.length - 1)
  // Those over A2A have their places before the task is stored that they watch.
  await until(() => claw.app.wakes.listenerCount(mailboxTopic(claw.workerId))).toBe(2)
  await claw.stopServing()
  await Promise.allSettled([...waiting, socket.end()])
  expect(free(claw, claw.agentId)).toBe(100)
})

test('who begins to wait while a server stops does not hold it up', async () => {
  await using claw = await start()
  const { host, port } = new URL(claw.url)
  // A request whose body is not there yet keeps the server open until its client goes.
  const slow = connect(Number(port), '127.0.0.1')
  const head = [`host: ${host}`, `authorization: Bearer ${claw.key}`, 'content-length: 2', 'expect: 100-continue']
  slow.write(`POST /api/v1/relay/inbox HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`)
  expect(String(await once(slow, 'data'))).toContain('100 Continue')
  const stopping = claw.stopServing()
  const asked = { topic: 'nothing', waitMs: 60_000, done: () => false }
  expect(await lookUntil(claw.app, asked, () => Promise.resolve('seen'))).toBe('seen')
  slow.destroy()
  await stopping
})
