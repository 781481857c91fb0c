/** Endpoints and deliveries: signed, tried again, replayed, never lost, never sent where they may not go. */
import type { ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callEnded } from '../../src/events/call-ended.ts'
import { forgetEvents } from '../../src/events/forget-events.ts'
import { recordEvent } from '../../src/events/record-event.ts'
import { startWorking } from '../../src/jobs/work.ts'
import { jobKinds } from '../../src/roles/worker.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { runCli, startCli } from '../kit/cli.ts'
import { type Member, signIn } from '../kit/member.ts'
import { emptyDatabase } from '../kit/open-db.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import { everythingOf, writtenForms } from '../kit/scan.ts'
import { answer, hang, ok, type Received, startReceiver } from '../kit/webhook-receiver.ts'

type Receiver = Awaited<ReturnType<typeof startReceiver>>

const dayMs = 24 * 60 * 60_000

let receiver: Receiver
let claw: TestClawLink
let ada: Member
beforeAll(async () => {
  receiver = await startReceiver()
  claw = await startClawLink({ config: { outboundAllow: [receiver.host] } })
  ada = await signIn(claw, { name: 'Ada', role: 'owner' })
})
afterAll(async () => {
  await claw.stop()
  await receiver.stop()
})
/** Each test has endpoints of its own. */
beforeEach(() => claw.app.db.write(tx => tx.updateTable('endpoints').set({ state: 'off' }).execute()))

type Endpoint = { id: string; secret: string }
async function add(path: string, types = ['call.ended'], more: object = {}): Promise<Endpoint> {
  const { status, body } = await ada.rest('POST', '/endpoints', { url: receiver.url(path), types, ...more })
  expect({ status, body }).toMatchObject({ status: 201 })
  return body as Endpoint // as documented
}
let calls = 0
/** A call ends that went on by itself. */
async function endCall(of = claw, workspaceId = of.app.workspaceId): Promise<string> {
  calls += 1
  const callId = `call_${calls}`
  const now = of.clock.now()
  const facts = { tool: 'sandbox_send_mail', provider: 'sandbox', connection: 'conn_1', code: '' }
  const ended = { callId, workspaceId, ...facts, outcome: 'succeeded', startedAt: now - 5_000, endedAt: now } as const
  await of.app.db.write(tx => recordEvent(tx, of.app, callEnded(ended)))
  return callId
}
type Delivery = { id: string; state: string; attempts: number; status: number | null; problem: string; nextAt: string }
async function deliveriesTo({ id }: Endpoint): Promise<Delivery[]> {
  return (await ada.rest('GET', `/deliveries?endpoint=${id}`)).body.items as Delivery[] // as documented
}
const newest = async (endpoint: Endpoint) => (await deliveriesTo(endpoint))[0]
const soon = <T>(see: () => T) => expect.poll(see, { timeout: 10_000 })
/** As an independent implementation does it, at the time of this message. */
function verify(secret: string, { body, headers }: Received): unknown {
  const { now } = Date
  Date.now = claw.clock.now
  try {
    return new Webhook(secret).verify(body, headers as Record<string, string>) // none of these is a list
  } finally {
    Date.now = now
  }
}

describe('an endpoint', () => {
  test('is told of what it wants, by a request that any Standard Webhooks library verifies', async () => {
    const endpoint = await add('/signed')
    const other = await add('/signed-others', ['breaker.opened'])
    const callId = await endCall()
    await soon(() => receiver.at('/signed').length).toBe(1)
    const [message] = receiver.at('/signed')
    if (!message) throw new Error('nothing came')
    const startedAt = new Date(claw.clock.now() - 5_000).toISOString()
    const endedAt = new Date(claw.clock.now()).toISOString()
    expect(verify(endpoint.secret, message)).toEqual({
      type: 'call.ended',
      timestamp: endedAt,
      data: {
        workspaceId: claw.app.workspaceId,
        subject: callId,
        callId,
        link: `${claw.url}/api/v1/calls/${callId}`,
        tool: 'sandbox_send_mail',
        provider: 'sandbox',
        connection: 'conn_1',
        outcome: 'succeeded',
        code: '',
        startedAt,
        endedAt,
      },
    })
    expect(message).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } })
    expect(Object.keys(message.headers).filter(name => /authorization|cookie|x-/.test(name))).toEqual([])
    expect(() => verify(other.secret, message)).toThrow()
    expect(() => verify(endpoint.secret, { ...message, body: `${message.body} ` })).toThrow()
    await soon(() => newest(endpoint)).toMatchObject({ state: 'delivered', attempts: 1, status: 204, problem: '' })
    expect(await deliveriesTo(other)).toEqual([])
    const { body } = await ada.rest('GET', `/deliveries/${(await newest(endpoint))?.id}`)
    expect(body).toMatchObject({
      event: { type: 'call.ended', subject: callId },
      eventId: message.headers['webhook-id'],
    })
  })

  test('that is off, was removed, or is of another workspace is told nothing', async () => {
    const off = await add('/off')
    await ada.rest('PATCH', `/endpoints/${off.id}`, { state: 'off' })
    const removed = await add('/removed')
    expect((await ada.rest('DELETE', `/endpoints/${removed.id}`)).status).toBe(200)
    const mine = await add('/mine', ['*'])
    const elsewhere = await otherWorkspace(claw)
    await endCall(claw, elsewhere.workspaceId)
    await endCall()
    await soon(() => receiver.at('/mine').length).toBe(1)
    expect([...receiver.at('/off'), ...receiver.at('/removed')]).toEqual([])
    const rows = await claw.app.db.read.selectFrom('deliveries').select(['endpoint_id', 'workspace_id']).execute()
    const toThese = rows.filter(row => [off.id, removed.id, mine.id].includes(row.endpoint_id))
    expect(toThese).toEqual([{ endpoint_id: mine.id, workspace_id: claw.app.workspaceId }])
    expect((await ada.rest('POST', `/endpoints/${off.id}/test`)).status).toBe(409)
    expect(receiver.at('/mine')[0]?.body).toContain(claw.app.workspaceId)
  })

  test('is tested by a message to it alone, which is tried once and whose failure counts for nothing', async () => {
    const endpoint = await add('/tested')
    await add('/not-tested', ['*'])
    receiver.on('/tested', answer(500))
    const { body } = await ada.rest('POST', `/endpoints/${endpoint.id}/test`)
    expect(body).toMatchObject({ type: 'endpoint.test', state: 'waiting' })
    await soon(() => newest(endpoint)).toMatchObject({
      state: 'failed',
      attempts: 1,
      status: 500,
      problem: 'It answered with 500.',
    })
    expect(receiver.at('/not-tested')).toEqual([])
    expect((await ada.rest('GET', `/endpoints/${endpoint.id}`)).body).toMatchObject({ state: 'on', failingSince: null })
  })

  test('gets both signatures for as long as the old secret lasts, and only the new one after that', async () => {
    const { id, secret: old } = await add('/rotated')
    const { body } = await ada.rest('POST', `/endpoints/${id}/secret`, {})
    const fresh = String(body.secret)
    expect(fresh).not.toBe(old)
    await endCall()
    await soon(() => receiver.at('/rotated').length).toBe(1)
    const [both] = receiver.at('/rotated')
    for (const secret of [old, fresh]) if (both) verify(secret, both)
    claw.clock.move(dayMs)
    await endCall()
    await soon(() => receiver.at('/rotated').length).toBe(2)
    const after = receiver.at('/rotated')[1]
    if (!after) throw new Error('nothing came')
    verify(fresh, after)
    expect(() => verify(old, after)).toThrow()
    await ada.rest('POST', `/endpoints/${id}/secret`, { overlapHours: 0 })
    await endCall()
    await soon(() => receiver.at('/rotated').length).toBe(3)
    expect(receiver.at('/rotated')[2]?.headers['webhook-signature']).not.toContain(' ')
  })

  test('that answers 410 is turned off at once, and the others are told', async () => {
    const gone = await add('/gone')
    await add('/watcher', ['endpoint.disabled'])
    receiver.on('/gone', answer(410))
    await endCall()
    await soon(() => receiver.at('/watcher').length).toBe(1)
    expect(JSON.parse(receiver.at('/watcher')[0]?.body ?? '')).toMatchObject({
      type: 'endpoint.disabled',
      data: { subject: gone.id, host: receiver.host, reason: 'It answered with 410.' },
    })
    expect(receiver.at('/watcher')[0]?.body).not.toContain('/gone')
    expect((await ada.rest('GET', `/endpoints/${gone.id}`)).body.state).toBe('off')
    await endCall()
    expect(await deliveriesTo(gone)).toHaveLength(1)
  })

  test('that has failed for five days is turned off; one success starts the count anew', async () => {
    const endpoint = await add('/failing')
    const failingFor = (ms: number) =>
      claw.app.db.write(tx =>
        tx
          .updateTable('endpoints')
          .set({ failing_since: claw.clock.now() - ms })
          .where('id', '=', endpoint.id)
          .execute(),
      )
    const see = async () => (await ada.rest('GET', `/endpoints/${endpoint.id}`)).body
    await failingFor(6 * dayMs)
    await endCall()
    await soon(see).toMatchObject({ state: 'on', failingSince: null })
    receiver.on('/failing', answer(500))
    await endCall()
    await soon(see).toMatchObject({ state: 'on', failingSince: expect.any(String) })
    await failingFor(5 * dayMs)
    await endCall()
    await soon(see).toMatchObject({ state: 'off' })
    expect((await ada.rest('PATCH', `/endpoints/${endpoint.id}`, { state: 'on' })).body).toMatchObject({
      failingSince: null,
    })
  })
})

describe('a delivery', () => {
  test('is tried again under the same id, with the time of each try, until it is taken', async () => {
    const endpoint = await add('/retried')
    receiver.on('/retried', answer(500))
    await endCall()
    for (const [count, pauseMs] of [5_000, 300_000].entries()) {
      await soon(() => newest(endpoint)).toMatchObject({
        state: 'waiting',
        attempts: count + 1,
        status: 500,
        nextAt: new Date(claw.clock.now() + pauseMs).toISOString(),
      })
      claw.clock.move(pauseMs)
    }
    await soon(() => newest(endpoint)).toMatchObject({ attempts: 3 })
    receiver.on('/retried', ok)
    claw.clock.move(1_800_000)
    await soon(() => newest(endpoint)).toMatchObject({ state: 'delivered', attempts: 4 })
    const tries = receiver.at('/retried')
    expect(new Set(tries.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(tries.map(({ body }) => body)).size).toBe(1)
    const times = tries.map(({ headers }) => Number(headers['webhook-timestamp']))
    expect(times.map(time => time - (times[0] ?? 0))).toEqual([0, 5, 305, 2105])
    const last = tries.at(-1)
    if (last) verify(endpoint.secret, last)
  })

  test('waits for as long as the receiver asks', async () => {
    const endpoint = await add('/asked')
    receiver.on('/asked', answer(429, { 'retry-after': '60' }))
    await endCall()
    await soon(() => newest(endpoint)).toMatchObject({ nextAt: new Date(claw.clock.now() + 60_000).toISOString() })
  })

  test('that is not answered within 15 seconds is tried again', async () => {
    const endpoint = await add('/silent')
    receiver.on('/silent', hang)
    await endCall()
    await soon(() => receiver.at('/silent').length).toBe(1)
    claw.clock.move(15_000)
    await soon(() => newest(endpoint)).toMatchObject({ state: 'waiting', attempts: 1, status: null })
    expect((await newest(endpoint))?.problem).not.toBe('')
  })

  test('follows no redirect', async () => {
    const endpoint = await add('/redirecting')
    receiver.on('/redirecting', answer(307, { location: receiver.url('/elsewhere') }))
    await endCall()
    await soon(() => newest(endpoint)).toMatchObject({
      attempts: 1,
      status: 307,
      problem: 'It answered with 307: redirects are not followed.',
    })
    expect(receiver.at('/elsewhere')).toEqual([])
  })

  test('that was given up can be replayed, under the same id; one on its way cannot', async () => {
    const endpoint = await add('/replayed')
    receiver.on('/replayed', answer(410))
    await endCall()
    await soon(() => newest(endpoint)).toMatchObject({ state: 'failed' })
    const id = (await newest(endpoint))?.id
    const replay = () => ada.rest('POST', `/deliveries/${id}/replay`)
    expect((await replay()).body).toMatchObject({ code: 'conflict', fix: 'Turn it on first.' })
    await ada.rest('PATCH', `/endpoints/${endpoint.id}`, { state: 'on' })
    receiver.on('/replayed', hang)
    expect((await replay()).body).toMatchObject({ state: 'waiting', attempts: 0 })
    expect((await replay()).body).toMatchObject({ code: 'conflict', fix: 'Wait until it has ended.' })
    await soon(() => receiver.at('/replayed').length).toBe(2)
    receiver.on('/replayed', ok)
    claw.clock.move(15_000)
    await soon(() => newest(endpoint)).toMatchObject({ state: 'waiting', attempts: 1 })
    claw.clock.move(5_000)
    await soon(() => newest(endpoint)).toMatchObject({ state: 'delivered' })
    expect(new Set(receiver.at('/replayed').map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  test('to a slow endpoint does not hold up others, and no endpoint gets more than two at once', async () => {
    const slow = await add('/slow')
    let open = 0
    let most = 0
    const waiting: ServerResponse[] = []
    receiver.on('/slow', response => {
      most = Math.max(most, ++open)
      waiting.push(response)
    })
    for (let count = 0; count < 12; count++) await endCall()
    await soon(() => waiting.length).toBe(2)
    const quick = await add('/quick', ['*'])
    await endCall()
    await soon(() => newest(quick)).toMatchObject({ state: 'delivered' })
    receiver.on('/slow', (response, received) => {
      open -= 1
      return ok(response, received)
    })
    for (const response of waiting) response.writeHead(204).end()
    await soon(async () => {
      claw.clock.move(1_000)
      return (await deliveriesTo(slow)).filter(({ state }) => state === 'delivered').length
    }).toBe(13)
    expect(most).toBe(2)
  })
})

describe('nothing is sent to a private or local address', () => {
  test.each([
    ['by its number', 'https://127.0.0.1/x'],
    ['in another notation', 'https://0177.0.0.1/x'],
    ['of a cloud’s metadata', 'http://169.254.169.254/latest'],
    ['of IPv6', 'https://[::1]/x'],
    ['where a provider is that runs here', 'http://127.0.0.1:1/x'],
  ])('%s: it cannot be added, nor changed to', async (_, url) => {
    const added = await ada.rest('POST', '/endpoints', { url, types: ['*'] })
    expect(added).toMatchObject({ status: 400, body: { invalidFields: [{ field: 'url' }] } })
    const { id } = await add('/patched')
    expect((await ada.rest('PATCH', `/endpoints/${id}`, { url })).status).toBe(400)
  })

  test('behind a name, or that was allowed once: it is looked at again when it is sent', async () => {
    const endpoint = await add('/named')
    const port = receiver.host.split(':')[1]
    await ada.rest('PATCH', `/endpoints/${endpoint.id}`, { url: `https://localhost:${port}/named` })
    await endCall()
    await soon(() => newest(endpoint)).toMatchObject({
      attempts: 1,
      problem: expect.stringContaining('private or local'),
    })
    for (const url of ['http://169.254.169.254/named', claw.sandbox.url]) {
      await claw.app.db.write(tx => tx.updateTable('endpoints').set({ url }).where('id', '=', endpoint.id).execute())
      claw.sandbox.takeRequests()
      await endCall()
      await soon(() => newest(endpoint)).toMatchObject({
        attempts: 1,
        problem: expect.stringContaining('The URL must'),
      })
    }
    expect(receiver.at('/named')).toEqual([])
    expect(claw.sandbox.takeRequests()).toEqual([])
  })
})

test('what cannot be right is refused, and says which field', async () => {
  const good = { url: receiver.url('/good'), types: ['call.ended'] }
  const { id } = await add('/good')
  for (const [field, body] of [
    ['url', { ...good, url: undefined }],
    ['url', { ...good, url: 'receiver' }],
    ['url', { ...good, url: 'http://receiver.example/' }],
    ['url', { ...good, url: 'https://u:p@receiver.example/' }],
    ['url', { ...good, url: `https://receiver.example/${'x'.repeat(2048)}` }],
    ['types', { ...good, types: [] }],
    ['types.0', { ...good, types: ['call.begun'] }],
    ['types', { ...good, types: '*' }],
    ['about', { ...good, about: 'x'.repeat(201) }],
    ['about', { ...good, about: 'two\nlines' }],
    ['secret', { ...good, secret: 'whsec_mine' }],
  ] as const) {
    const { status, body: problem } = await ada.rest('POST', '/endpoints', body)
    expect({ field, status, problem }).toMatchObject({ status: 400, problem: { invalidFields: [{ field }] } })
  }
  for (const body of [{ state: 'broken' }, { types: [] }, { id: 'mine' }])
    expect((await ada.rest('PATCH', `/endpoints/${id}`, body)).status).toBe(400)
  for (const overlapHours of [-1, 25, 0.5])
    expect((await ada.rest('POST', `/endpoints/${id}/secret`, { overlapHours })).status).toBe(400)
  for (const query of ['state=lost', 'limit=0', 'page=2'])
    expect((await ada.rest('GET', `/deliveries?${query}`)).status).toBe(400)
})

test('pages of deliveries hold each once, and a filter by state holds', async () => {
  const endpoint = await add('/paged')
  for (let count = 0; count < 5; count++) await endCall()
  await soon(async () => {
    claw.clock.move(1_000)
    return (await deliveriesTo(endpoint)).filter(({ state }) => state === 'delivered').length
  }).toBe(5)
  const seen: string[] = []
  let next: unknown = ''
  do {
    const from = next ? `&next=${next}` : ''
    const { body } = await ada.rest('GET', `/deliveries?endpoint=${endpoint.id}&limit=2${from}`)
    seen.push(...(body.items as Delivery[]).map(({ id }) => id)) // as documented
    next = body.next
  } while (next !== null)
  expect(seen).toEqual((await deliveriesTo(endpoint)).map(({ id }) => id))
  const waiting = await ada.rest('GET', `/deliveries?endpoint=${endpoint.id}&state=waiting`)
  expect(waiting.body.items).toEqual([])
})

test('every change is in the audit record, and a secret is nowhere but in the answer that shows it once', async () => {
  const { id, secret } = await add('/audited', ['call.ended'], { about: 'The pipeline' })
  const { body } = await ada.rest('POST', `/endpoints/${id}/secret`, {})
  await endCall()
  await soon(() => receiver.at('/audited').length).toBe(1)
  await ada.rest('PATCH', `/endpoints/${id}`, { state: 'off' })
  await ada.rest('GET', '/endpoints')
  const found = await everythingOf(claw)
  for (const shown of [secret, String(body.secret)]) {
    for (const [place, content] of found) {
      for (const form of writtenForms(shown.slice('whsec_'.length))) {
        const times = content.split(form).length - 1
        expect({ place, form, times }).toEqual({
          place,
          form,
          times: place === 'the answers' && shown.includes(form) ? 1 : 0,
        })
      }
    }
  }
  await ada.rest('DELETE', `/endpoints/${id}`)
  const audit = await claw.app.db.read.selectFrom('audit').selectAll().where('target', '=', id).orderBy('seq').execute()
  expect(audit.map(({ action }) => action)).toEqual([
    'endpoint.added',
    'endpoint.secret_replaced',
    'endpoint.changed',
    'endpoint.removed',
  ])
  expect(JSON.stringify(audit)).not.toContain('/audited')
  const kept = await claw.app.db.read.selectFrom('seals').select('id').where('id', '=', id).execute()
  expect(kept).toEqual([])
})

test('events and deliveries are kept for 30 days, and one that is still on its way for as long as that takes', async () => {
  const endpoint = await add('/kept')
  await endCall()
  await soon(() => newest(endpoint)).toMatchObject({ state: 'delivered' })
  receiver.on('/kept', hang)
  await endCall()
  await soon(() => receiver.at('/kept').length).toBe(2)
  const forget = (ms: number) => claw.app.db.write(tx => forgetEvents(tx, claw.clock.now() + ms))
  await forget(30 * dayMs - 1)
  expect(await deliveriesTo(endpoint)).toHaveLength(2)
  await forget(31 * dayMs)
  expect(await deliveriesTo(endpoint)).toMatchObject([{ state: 'waiting' }])
  const waiting = await claw.app.db.read.selectFrom('deliveries').select('event_id').execute()
  const events = await claw.app.db.read.selectFrom('events').select('id').execute()
  expect(events.map(({ id }) => id).sort()).toEqual([...new Set(waiting.map(each => each.event_id))].sort())
})

test('a crash loses none: a delivery and its job are in the commit of their event, and whoever comes next sends it', async () => {
  await using own = await startClawLink({ config: { outboundAllow: [receiver.host], roles: ['web'] } })
  const owner = await signIn(own, { name: 'Ada', role: 'owner' })
  await owner.rest('POST', '/endpoints', { url: receiver.url('/crashed'), types: ['*'] })
  const undone = own.app.db.write(async tx => {
    const event = { workspaceId: own.app.workspaceId, type: 'breaker.opened', subject: 'conn_1', facts: {} } as const
    await recordEvent(tx, own.app, event)
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  const left = async () => (await owner.rest('GET', '/deliveries')).body.items as Delivery[] // as documented
  expect(await left()).toEqual([])

  await endCall(own)
  expect(await left()).toMatchObject([{ state: 'waiting', attempts: 0 }])
  receiver.on('/crashed', hang)
  const first = startWorking(own.app, jobKinds(own.app))
  await soon(() => receiver.at('/crashed').length).toBe(1)
  await first.stop(0)
  receiver.on('/crashed', ok)
  const second = startWorking(own.app, jobKinds(own.app))
  await soon(left).toMatchObject([{ state: 'delivered' }])
  await second.stop(1_000)
  const [one, two] = receiver.at('/crashed')
  expect(two?.headers['webhook-id']).toBe(one?.headers['webhook-id'])
})

test('the command line adds an endpoint, shows its secret once, tests it beside a server, and removes it', async () => {
  await using place = await emptyDatabase()
  const env = {
    CLAWLINK_DATABASE_URL: place.settings.databaseUrl?.reveal(),
    CLAWLINK_OUTBOUND_ALLOW: receiver.host,
    CLAWLINK_PORT: '0',
  }
  const options = { home: place.dataDir, env }
  await using _server = await startCli(['--data', place.dataDir], options)
  const run = (...args: string[]) => runCli(['endpoints', ...args, '--data', place.dataDir], options)
  const [wrong, added] = await Promise.all([
    run('add', receiver.url('/cli'), '--types', 'call.begun'),
    run('add', receiver.url('/cli'), '--types', 'call.ended', '--about', 'The pipeline', '--json'),
  ])
  expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('call.ended') })
  const { id, secret } = JSON.parse(added.stdout)
  expect(secret).toMatch(/^whsec_/)
  const [tested, { stdout }] = await Promise.all([run('test', id), run('list')])
  expect(tested.stdout).toContain('Delivered')
  expect(receiver.at('/cli')).toHaveLength(1)
  expect(stdout).toMatch(/endp_.*on.*call\.ended.*The pipeline.*\/cli/)
  expect(stdout).not.toContain(secret)
  expect((await run('remove', id)).exitCode).toBe(0)
})
