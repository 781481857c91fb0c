/** How a machine without a key gets one: it asks, a member approves in the browser, it fetches the key once. */
import { describe, expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { challengeOf, type Device, startDevice } from '../kit/device.ts'
import { type Member, signIn } from '../kit/member.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import { secondProcess } from '../kit/second-process.ts'

const minuteMs = 60_000
const grant = { environment: 'live', scope: {} }
const approve = (member: Member, { id }: Device, body: object = {}) =>
  member.rest('POST', `/pairings/${id}/approve`, { ...grant, ...body })
const deny = (member: Member, { id }: Device) => member.rest('POST', `/pairings/${id}/deny`)
const state = async (member: Member, { id }: Device) => (await member.rest('GET', `/pairings/${id}`)).body.state
const works = async (claw: TestClawLink, key: unknown) =>
  (await claw.rest('GET', '/whoami', { key: String(key) })).status === 200
const actions = async ({ app }: TestClawLink) =>
  (await app.db.read.selectFrom('audit').select('action').orderBy('seq').execute()).map(({ action }) => action)
/** Keys beside the one that every test starts with. */
const keysMade = async (claw: TestClawLink) => (await claw.rows('keys')).length - 1

async function started() {
  const claw = await startClawLink()
  const ada = await signIn(claw, { name: 'Ada' })
  return { claw, ada, [Symbol.asyncDispose]: claw.stop }
}

describe('a pairing', () => {
  test('gives the device a key that works, once a member has approved', async () => {
    await using at = await started()
    const { claw, ada } = at
    const device = await startDevice(claw, { label: 'Laptop', host: 'laptop.local', scope: { effects: ['read'] } })
    const { body, status } = device.started
    expect(status).toBe(201)
    expect(body).toMatchObject({
      userCode: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verificationUri: `${claw.app.url()}/pair`,
      verificationUriComplete: `${claw.app.url()}/pair/${device.id}?code=${device.userCode}`,
      expiresAt: new Date(claw.clock.now() + 15 * minuteMs).toISOString(),
      intervalMs: 2000,
    })
    expect((await device.poll()).body).toEqual({ status: 'awaiting_browser' })
    const seen = await ada.rest('GET', `/pairings?code=${device.userCode}`)
    expect(seen.body).toMatchObject({
      id: device.id,
      userCode: device.userCode,
      label: 'Laptop',
      host: 'laptop.local',
      address: '127.0.0.1',
      environment: 'live',
      scope: { effects: ['read'] },
      state: 'awaiting_browser',
    })
    expect((await approve(ada, device, { scope: { effects: ['read'] }, expiresInDays: 7 })).body).toEqual({
      id: device.id,
      agent: 'Laptop',
    })
    expect(await keysMade(claw)).toBe(0)
    const { body: done } = await device.poll()
    expect(done).toMatchObject({
      status: 'completed',
      key: expect.stringMatching(/^cllk_live_/),
      agent: 'Laptop',
      environment: 'live',
      expiresAt: new Date(claw.clock.now() + 7 * 24 * 60 * minuteMs).toISOString(),
    })
    expect((await claw.rest('GET', '/whoami', { key: String(done.key) })).body).toMatchObject({
      agent: { name: 'Laptop' },
      scope: { effects: ['read'] },
    })
    expect((await actions(claw)).slice(-3)).toEqual(['pairing.approved', 'key.made', 'pairing.completed'])
  })

  test('hands its key over once: every later poll is told that it is done, and no more', async () => {
    await using at = await started()
    const { claw, ada } = at
    const device = await startDevice(claw)
    await approve(ada, device)
    const first = await device.poll()
    for (const _ of [1, 2, 3]) expect((await device.poll()).body).toEqual({ status: 'completed' })
    expect(await keysMade(claw)).toBe(1)
    const [pairing] = await claw.app.db.read.selectFrom('pairings').selectAll().execute()
    expect(JSON.stringify([pairing, await claw.rows('keys')])).not.toContain(String(first.body.key))
    expect(claw.logged()).not.toContain(String(first.body.key))
  })

  test('gives exactly one key to a device that polls in two processes at once', async () => {
    await using at = await started()
    const { claw, ada } = at
    await using second = await secondProcess(claw)
    for (let round = 0; round < 5; round++) {
      const device = await startDevice(claw)
      await approve(ada, device, { agent: 'robot' })
      const body = { verifier: device.verifier }
      const answers = await Promise.all(
        [claw, second, claw, second].map(server => server.rest('POST', `/pairings/${device.id}/poll`, { body })),
      )
      const keys = answers.flatMap(answer => answer.body.key ?? [])
      expect(keys).toHaveLength(1)
      expect(await works(claw, keys[0])).toBe(true)
      expect(await keysMade(claw)).toBe(round + 1)
    }
  })

  test('that nobody decides expires after 15 minutes, and cannot be approved then', async () => {
    await using at = await started()
    const { claw, ada } = at
    const device = await startDevice(claw)
    claw.clock.move(15 * minuteMs)
    expect(await state(ada, device)).toBe('expired')
    expect(await approve(ada, device)).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect(await deny(ada, device)).toMatchObject({ status: 409 })
    expect((await device.poll()).body).toEqual({ status: 'expired' })
    expect(await keysMade(claw)).toBe(0)
  })

  test('that is approved in its last second can still be fetched for a minute, and then no more', async () => {
    await using at = await started()
    const { claw, ada } = at
    const [quick, slow] = [await startDevice(claw), await startDevice(claw)]
    claw.clock.move(14 * minuteMs - 1)
    await approve(ada, quick, { agent: 'quick' })
    expect((await quick.poll()).body.key).toBeDefined()
    claw.clock.move(minuteMs - 2001)
    await approve(ada, slow, { agent: 'slow' })
    claw.clock.move(minuteMs)
    expect((await slow.poll()).body).toEqual({ status: 'expired' })
    expect(await keysMade(claw)).toBe(1)
  })

  test('that is denied gives nothing, and says so to the device', async () => {
    await using at = await started()
    const { claw, ada } = at
    const device = await startDevice(claw)
    expect((await deny(ada, device)).body).toEqual({ id: device.id })
    expect((await device.poll()).body).toEqual({ status: 'denied' })
    expect(await approve(ada, device)).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect((await device.poll()).body).toEqual({ status: 'denied' })
    expect(await keysMade(claw)).toBe(0)
    expect((await actions(claw)).at(-1)).toBe('pairing.denied')
  })

  test.each(['member who approved it is removed', 'agent that it is for is ended'])(
    'gives nothing any more once the %s',
    async what => {
      await using at = await started()
      const { claw, ada } = at
      const owner = await signIn(claw, { name: 'Olga', role: 'owner' })
      const device = await startDevice(claw, { label: 'Laptop' })
      const other = await startDevice(claw, { label: 'Desk' })
      await approve(ada, device)
      await approve(owner, other)
      const { items } = (await owner.rest('GET', '/agents')).body as { items: { id: string; name: string }[] }
      const agent = items.find(({ name }) => name === 'Laptop')
      const path = what.startsWith('member') ? `/members/${ada.id}` : `/agents/${agent?.id}`
      expect((await owner.rest('DELETE', path)).status).toBe(200)
      expect((await device.poll()).body).toEqual({ status: 'denied' })
      expect(await keysMade(claw)).toBe(0)
      expect((await other.poll()).body).toMatchObject({ status: 'completed' })
    },
  )

  test('is decided once: of several members at the same moment, one', async () => {
    await using at = await started()
    const { claw, ada } = at
    const bob = await signIn(claw, { name: 'Bob' })
    const device = await startDevice(claw)
    const answers = await Promise.all([
      approve(ada, device, { agent: 'of Ada', scope: { effects: ['read'] } }),
      approve(bob, device, { agent: 'of Bob', scope: { effects: ['write'] } }),
      deny(bob, device),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409])
    const decisions = (await actions(claw)).filter(action => action.startsWith('pairing.'))
    expect(decisions).toHaveLength(1)
    expect(await approve(ada, device)).toMatchObject({ status: 409, body: { code: 'conflict' } })
  })

  test('belongs to the workspace of the member who decided, and nobody else sees it from then on', async () => {
    await using at = await started()
    const { claw, ada } = at
    const { workspaceId } = await otherWorkspace(claw)
    const stranger = await signIn(claw, { name: 'Eve', role: 'owner', workspaceId })
    const device = await startDevice(claw)
    expect((await stranger.rest('GET', `/pairings/${device.id}`)).status).toBe(200)
    await approve(ada, device)
    for (const answer of [
      await stranger.rest('GET', `/pairings/${device.id}`),
      await stranger.rest('GET', `/pairings?code=${device.userCode}`),
      await approve(stranger, device),
      await deny(stranger, device),
    ])
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await device.poll()).body.status).toBe('completed')
  })
})

describe('the verifier', () => {
  test('is what fetches the key: no other text does, and nothing that anybody else has seen', async () => {
    await using at = await started()
    const { claw, ada } = at
    const device = await startDevice(claw)
    await approve(ada, device)
    for (const wrong of ['x', device.userCode, device.id, challengeOf(device.verifier), `${device.verifier} `])
      expect(await device.poll(wrong)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    const nowhere = await claw.rest('POST', '/pairings/pair_none/poll', { key: null, body: { verifier: 'x' } })
    expect(nowhere.text).toBe((await device.poll('y')).text)
    expect((await device.poll()).body.key).toBeDefined()
  })

  test('of another pairing does not fetch this one, and a second use of the right one fetches nothing', async () => {
    await using at = await started()
    const { claw, ada } = at
    const [one, other] = [await startDevice(claw), await startDevice(claw)]
    await approve(ada, one)
    expect((await one.poll(other.verifier)).status).toBe(404)
    expect((await one.poll()).body.key).toBeDefined()
    expect((await one.poll()).body).toEqual({ status: 'completed' })
    expect(await keysMade(claw)).toBe(1)
  })

  test('is stored nowhere', async () => {
    await using at = await started()
    const { claw, ada } = at
    const device = await startDevice(claw)
    await approve(ada, device)
    await device.poll()
    const stored = JSON.stringify(await claw.app.db.read.selectFrom('pairings').selectAll().execute())
    expect(stored).toContain(challengeOf(device.verifier))
    expect(stored + claw.logged()).not.toContain(device.verifier)
  })
})

describe('what a member grants', () => {
  test('may be narrower or wider than what was asked for, in the other environment too', async () => {
    await using at = await started()
    const { claw, ada } = at
    const device = await startDevice(claw, { scope: { effects: ['read'] } })
    const wider = { environment: 'test', scope: { manageConnections: true }, callsPerMinute: 3, callsPerDay: 9 }
    await approve(ada, device, { agent: 'robot', ...wider })
    const { body } = await device.poll()
    expect(body).toMatchObject({ environment: 'test', key: expect.stringMatching(/^cllk_test_/), expiresAt: null })
    expect((await claw.rows('keys')).find(({ environment }) => environment === 'test')).toMatchObject({
      scope: '{"manageConnections":true}',
      calls_per_minute: 3,
      calls_per_day: 9,
      created_by: ada.id,
    })
  })

  test('names only what is there', async () => {
    await using at = await started()
    const { claw, ada } = at
    const device = await startDevice(claw, { scope: { providers: ['nowhere'] } })
    expect(await approve(ada, device, { scope: { providers: ['nowhere'] } })).toMatchObject({ status: 400 })
    expect(await state(ada, device)).toBe('awaiting_browser')
    expect((await approve(ada, device)).status).toBe(200)
  })

  test('goes to an agent that is there only when the member names it, never because the device does', async () => {
    await using at = await started()
    const { claw, ada } = at
    const first = await startDevice(claw, { label: 'Laptop' })
    await approve(ada, first)
    const again = await startDevice(claw, { label: 'Laptop' })
    expect(await approve(ada, again)).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect(await state(ada, again)).toBe('awaiting_browser')
    expect((await approve(ada, again, { agent: 'Laptop' })).status).toBe(200)
    await first.poll()
    await again.poll()
    const agents = (await ada.rest('GET', '/agents')).body.items as { name: string; keys: object[] }[] // as documented
    expect(agents.find(({ name }) => name === 'Laptop')?.keys).toHaveLength(2)
  })

  test('is never the name of somebody else’s agent, unless the member manages all of them', async () => {
    await using at = await started()
    const { claw, ada } = at
    const [bob, chief] = [await signIn(claw, { name: 'Bob' }), await signIn(claw, { name: 'Chief', role: 'admin' })]
    await ada.rest('POST', '/keys', { agent: 'of Ada', environment: 'live' })
    const device = await startDevice(claw)
    expect(await approve(bob, device, { agent: 'of Ada' })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await approve(chief, device, { agent: 'of Ada' })).status).toBe(200)
  })
})

describe('what a device says of itself', () => {
  test.each([
    { label: '' },
    { label: '   ' },
    { label: 'a'.repeat(81) },
    { label: 'a\nb' },
    { label: 'a\u0000b' },
    { label: 'a\u001b[2Jb' },
    { label: 'approved \u202egnihton' },
    { label: 'tester\u200b' },
    { host: 'h'.repeat(201) },
    { host: 'a\rb' },
    { environment: 'prod' },
    { scope: { effects: ['fly'] } },
    { scope: { tools: ['<script>'] } },
    { scope: { tools: Array(51).fill('x') } },
    { scope: { everything: true } },
    { challenge: '' },
    { challenge: 'x'.repeat(44) },
    { challenge: `${'x'.repeat(42)}=` },
    { key: 'cllk_live_x' },
  ])('is refused when it is %j', async wrong => {
    await using claw = await startClawLink({ connected: false })
    const body = { label: 'a device', challenge: challengeOf('v'), ...wrong }
    const answer = await claw.rest('POST', '/pairings', { key: null, body })
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_error' } })
    expect(await claw.app.db.read.selectFrom('pairings').select('id').execute()).toEqual([])
  })
})
