/** Credentials that end: renewed once for all who need it, used while they are good, and told of when a person is needed. */
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { App } from '../../src/app.ts'
import { createFlights } from '../../src/connections/flights.ts'
import { noteRefusal } from '../../src/connections/settle-renewal.ts'
import { Fault } from '../../src/core/errors.ts'
import type { EventRow } from '../../src/db/schema.ts'
import { practiceCredential } from '../kit/practice.ts'
import { type PracticeClaw, startPractice } from '../kit/practice-claw.ts'
import { numberOf } from '../kit/refresh-provider.ts'

const minute = 60_000
const hour = 60 * minute

const events = ({ app }: PracticeClaw): Promise<EventRow[]> =>
  app.db.read.selectFrom('events').selectAll().where('type', '!=', 'connection.connected').orderBy('id').execute()
const typesOf = async (claw: PracticeClaw) => (await events(claw)).map(({ type }) => type)

/** Moves the clock while something waits for it: others are looked after every 50 ms. */
async function untilDone<T>(claw: PracticeClaw, work: Promise<T>, stepMs = 50): Promise<T> {
  let done = false
  const ended = work.finally(() => {
    done = true
  })
  while (!done) {
    await claw.app.db.read.selectFrom('settings').selectAll().execute()
    await new Promise(setImmediate)
    claw.clock.move(stepMs)
  }
  return ended
}

describe('a call on a connection', () => {
  test('whose token is good asks for no other', async () => {
    await using claw = await startPractice()
    await claw.connectPractice({ endsInMs: hour })
    expect((await claw.look()).status).toBe(200)
    expect(claw.provider.asked).toEqual([])
  })

  test('whose token has ended goes out with a new one, and the new refresh token is the one that counts', async () => {
    await using claw = await startPractice()
    const parts = claw.provider.signIn()
    const { id } = await claw.connectPractice({ parts, endsInMs: 0 })
    const { body } = await claw.look()
    expect(body).toMatchObject({ outcome: 'succeeded' })
    expect(body.data).not.toEqual({ things: [numberOf(parts.access_token)] })
    expect(claw.provider.asked).toEqual([parts.refresh_token])
    const { credential, connection } = await claw.stored(id)
    expect(credential).toMatchObject({ version: 2, failures: 0, renew_after: 0, lease_owner: '', lease_until: 0 })
    expect(credential.expires_at).toBe(claw.clock.now() + hour)
    expect(connection.state).toBe('healthy')
    claw.clock.move(hour)
    expect((await claw.look()).status).toBe(200)
    expect(claw.provider.takes(parts.refresh_token)).toBe(false)
    expect(claw.provider.liveCount()).toBe(1)
  })

  test('whose token ends within five minutes does not wait: it uses the old one while a new one is fetched', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice()
    claw.clock.move(hour - 4 * minute)
    claw.provider.play({ kind: 'hold' })
    expect((await claw.look()).status).toBe(200)
    await claw.provider.arrived(1)
    expect((await claw.look()).status).toBe(200)
    claw.provider.release()
    await expect.poll(async () => (await claw.stored(id)).credential.version).toBe(2)
    expect(claw.provider.asked).toHaveLength(1)
  })

  test('keeps the refresh token when the answer names no other', async () => {
    await using claw = await startPractice({ provider: { rotation: 'none', namesRefreshToken: false } })
    const parts = claw.provider.signIn()
    await claw.connectPractice({ parts, endsInMs: 0 })
    for (let i = 0; i < 3; i++) {
      expect((await claw.look()).status).toBe(200)
      claw.clock.move(hour)
    }
    expect(claw.provider.asked).toEqual(Array(3).fill(parts.refresh_token))
  })

  test('has the scopes that come with its new token, and another connection keeps its own', async () => {
    await using claw = await startPractice({ provider: { scope: 'read write' } })
    const { id } = await claw.connectPractice({ endsInMs: 0 })
    const other = await claw.connectPractice({ label: 'other' })
    const before = await claw.stored(other.id)
    expect((await claw.look(id)).status).toBe(200)
    expect((await claw.stored(id)).connection.granted_scopes).toBe('["read","write"]')
    expect(await claw.stored(other.id)).toEqual(before)
  })

  test('keeps a new token also when the database takes it only at the second time: the old one may be used up', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice({ endsInMs: 0 })
    const run = (words: string) => claw.app.db.write(tx => sql.raw(words).execute(tx))
    const onPostgres = claw.app.db.dialect === 'postgres'
    await run(
      onPostgres
        ? 'alter table credentials add constraint refused check (version < 2)'
        : `create trigger refused before update on credentials when new.version = 2 begin select raise(abort, 'refused'); end`,
    )
    const looking = claw.look()
    await expect.poll(claw.logged).toContain('could not be stored yet')
    await run(onPostgres ? 'alter table credentials drop constraint refused' : 'drop trigger refused')
    expect((await untilDone(claw, looking)).status).toBe(200)
    expect((await claw.stored(id)).credential.version).toBe(2)
    expect(claw.provider.asked).toHaveLength(1)
  })

  test('by client credentials gets its token anew by that grant', async () => {
    await using claw = await startPractice()
    const parts = { client_id: 'mine', client_secret: 'my-secret', access_token: 'ended' }
    await claw.connectPractice({ way: 'client_credentials', parts, endsInMs: 0 })
    expect((await claw.look()).status).toBe(200)
    claw.clock.move(hour)
    expect((await claw.look()).status).toBe(200)
    expect(claw.provider.asked).toEqual(['client_credentials', 'client_credentials'])
  })
})

test('500 calls over REST at the moment at which the token has ended: one refresh, and all succeed', async () => {
  await using claw = await startPractice()
  await claw.connectPractice({ endsInMs: 0 })
  const answers = await Promise.all(Array.from({ length: 500 }, () => claw.look()))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(500)
  expect(claw.provider.asked).toHaveLength(1)
  expect(claw.provider.used.get('/things')).toBe(500)
})

describe('a token endpoint that fails', () => {
  test('costs no call anything while the old token is good, and is asked again after a pause only', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice()
    claw.clock.move(hour - 4 * minute)
    claw.provider.play({ kind: 'refuse', status: 503 })
    for (let i = 0; i < 5; i++) {
      expect((await claw.look()).status).toBe(200)
      await expect.poll(async () => (await claw.stored(id)).credential.failures).toBe(1)
    }
    expect(claw.provider.asked).toHaveLength(1)
    expect((await claw.stored(id)).connection).toMatchObject({ state: 'degraded' })
    claw.clock.move(minute)
    expect((await claw.look()).status).toBe(200)
    await expect.poll(async () => (await claw.stored(id)).connection.state).toBe('healthy')
    expect(await typesOf(claw)).toEqual(['connection.degraded', 'connection.recovered'])
  })

  test('makes calls fail for a stated time once the old token has ended, and no longer', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice({ endsInMs: 0 })
    claw.provider.play({ kind: 'refuse', status: 503, retryAfter: 30 })
    const { body } = await claw.look()
    expect(body).toMatchObject({ outcome: 'failed', code: 'provider_unavailable', retryAfterMs: 30_000 })
    expect((await claw.look()).body).toMatchObject({ code: 'provider_unavailable', retryAfterMs: 30_000 })
    expect(claw.provider.asked).toHaveLength(1)
    claw.clock.move(30_000)
    expect((await claw.look()).status).toBe(200)
    expect((await claw.stored(id)).credential).toMatchObject({ failures: 0, renew_after: 0 })
  })

  test('that says nothing clear five times in a row makes a person look', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice({ endsInMs: 0 })
    for (let i = 0; i < 5; i++) {
      claw.provider.play({ kind: 'refuse', status: 400, error: 'no_idea' })
      await claw.look()
      claw.clock.move(5 * minute)
    }
    expect((await claw.stored(id)).connection.state).toBe('needs_reauth')
    expect(claw.provider.asked).toHaveLength(5)
  })

  test('that is too slow is not waited for, and what it says in the end is kept', async () => {
    await using claw = await startPractice({ config: { callTimeoutMs: 600_000 } })
    const { id } = await claw.connectPractice({ endsInMs: 0 })
    claw.provider.play({ kind: 'hold' })
    const waiting = claw.look()
    await claw.provider.arrived(1)
    claw.clock.move(15_000)
    expect((await waiting).body).toMatchObject({ outcome: 'failed', code: 'provider_unavailable' })
    expect((await claw.stored(id)).connection.state).toBe('degraded')
    claw.provider.release()
    await expect.poll(async () => (await claw.stored(id)).connection.state).toBe('healthy')
    expect((await claw.look()).status).toBe(200)
    expect(claw.provider.asked).toHaveLength(1)
  })
})

describe('a sign-in that the person has taken back', () => {
  test('is told with a link, as an event and in the audit record, and the provider is not asked again', async () => {
    await using claw = await startPractice()
    const well = await claw.connectPractice({ label: 'well' })
    const { id } = await claw.connectPractice({ endsInMs: 0 })
    claw.provider.revokeAll()
    for (let i = 0; i < 3; i++) {
      const { body } = await claw.look(id)
      expect(body).toMatchObject({ outcome: 'failed', code: 'authentication_failed' })
      expect(body.link).toBe(`${claw.url}/connections?reconnect=${id}`)
    }
    expect(claw.provider.asked).toHaveLength(1)
    expect(claw.provider.used.get('/things')).toBeUndefined()
    expect((await claw.stored(well.id)).connection.state).toBe('healthy')
    const { connection } = await claw.stored(id)
    expect(connection).toMatchObject({ state: 'needs_reauth', state_at: claw.clock.now() })
    expect(connection.state_reason).toContain('no longer accepts')
    const [event, ...more] = await events(claw)
    expect(more).toEqual([])
    expect(event).toMatchObject({ type: 'connection.needs_reauth', subject: id })
    const audit = await claw.app.db.read.selectFrom('audit').selectAll().where('target', '=', id).execute()
    expect(audit.filter(({ action }) => action === 'connection.needs_reauth')).toMatchObject([{ actor_kind: 'system' }])
  })

  test('goes on being used for as long as its access token is good', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice()
    claw.clock.move(hour - 4 * minute)
    claw.provider.play({ kind: 'refuse', status: 400, error: 'invalid_grant' })
    expect((await claw.look()).status).toBe(200)
    await expect.poll(async () => (await claw.stored(id)).connection.state).toBe('needs_reauth')
    expect((await claw.look()).status).toBe(200)
    claw.clock.move(4 * minute)
    expect((await claw.look()).body).toMatchObject({ code: 'authentication_failed' })
    expect(claw.provider.asked).toHaveLength(1)
  })

  test('works at once after it was reconnected, under the same id', async () => {
    await using claw = await startPractice()
    const other = await claw.connectPractice({ label: 'other', more: { account: { id: 'acct_2', label: 'bob' } } })
    const before = await claw.stored(other.id)
    const { id } = await claw.connectPractice({ endsInMs: 0 })
    claw.provider.revokeAll()
    await claw.look(id)
    await claw.connectPractice({ more: { connectionId: id } })
    expect(await claw.stored(other.id)).toEqual(before)
    expect((await claw.look(id)).status).toBe(200)
    expect((await claw.stored(id)).connection.state).toBe('healthy')
  })
})

test('an OAuth app whose secret is wrong is what the person is told of, not the sign-in', async () => {
  await using claw = await startPractice()
  const { id } = await claw.connectPractice({ endsInMs: 0, more: { oauthAppId: 'oapp_gone' } })
  expect((await claw.look()).body).toMatchObject({ code: 'authentication_failed' })
  const { connection } = await claw.stored(id)
  expect(connection).toMatchObject({ state: 'needs_reauth' })
  expect(connection.state_reason).toContain('OAuth app')
  expect(claw.provider.asked).toEqual([])
})

describe('several processes', () => {
  test('that find the same token ended wait for the one that renews it', async () => {
    await using claw = await startPractice()
    const connection = await claw.connectPractice({ endsInMs: 0 })
    const other = otherProcess(claw)
    claw.provider.play({ kind: 'hold' })
    const first = claw.look()
    await claw.provider.arrived(1)
    const second = practiceCredential(other, connection)
    await claw.app.db.read.selectFrom('settings').selectAll().execute()
    claw.clock.move(1000)
    claw.provider.release()
    expect((await first).status).toBe(200)
    expect(await untilDone(claw, second)).toMatchObject({ version: 2 })
    expect(claw.provider.asked).toHaveLength(1)
  })

  test('do without the one that has died while it renewed: the next goes on when its lease has run out', async () => {
    await using claw = await startPractice({ provider: { reuseWindowMs: minute } })
    const connection = await claw.connectPractice({ endsInMs: 0 })
    const dying = otherProcess(claw)
    dying.net = { ...dying.net, send: () => new Promise(() => {}) }
    dying.clock = { ...dying.clock, after: () => () => {} }
    void practiceCredential(dying, connection)
    await expect.poll(async () => (await claw.stored(connection.id)).credential.lease_owner).not.toBe('')
    const startedAt = claw.clock.now()
    expect((await untilDone(claw, claw.look(), 250)).status).toBe(200)
    expect(claw.clock.now() - startedAt).toBeGreaterThanOrEqual(20_000)
    expect(claw.provider.asked).toHaveLength(1)
  })

  test('keep the answer that one of them gets late, even when the others were told meanwhile that a person is needed', async () => {
    await using claw = await startPractice()
    const connection = await claw.connectPractice({ endsInMs: 0 })
    const stalled = stalledProcess(claw)
    const late = practiceCredential(stalled.app, connection)
    await stalled.answered
    claw.clock.move(20_000)
    await late
    claw.clock.move(5 * minute)
    // Its refresh token is used up by now, and this provider takes none twice.
    expect((await claw.look()).body).toMatchObject({ code: 'authentication_failed' })
    expect((await claw.stored(connection.id)).connection.state).toBe('needs_reauth')
    stalled.goOn()
    await expect.poll(async () => (await claw.stored(connection.id)).connection.state).toBe('healthy')
    expect((await claw.stored(connection.id)).credential.version).toBe(2)
    expect((await claw.look()).status).toBe(200)
    expect(await typesOf(claw)).toEqual(['connection.degraded', 'connection.needs_reauth', 'connection.recovered'])
  })

  test('keep what was asked for last when an earlier answer comes in between', async () => {
    await using claw = await startPractice({ provider: { reuseWindowMs: hour } })
    const connection = await claw.connectPractice({ endsInMs: 0 })
    const [first, second] = [stalledProcess(claw), stalledProcess(claw)]
    const early = practiceCredential(first.app, connection)
    await first.answered
    claw.clock.move(15_000)
    await early
    claw.clock.move(5 * minute)
    const later = practiceCredential(second.app, connection)
    await second.answered
    first.goOn()
    await expect.poll(async () => (await claw.stored(connection.id)).credential.version).toBe(2)
    second.goOn()
    await later
    expect((await claw.stored(connection.id)).credential.version).toBe(3)
    // The provider has taken back what it gave first.
    claw.clock.move(hour)
    expect((await claw.look()).status).toBe(200)
    expect(claw.provider.liveCount()).toBe(1)
  })

  test('note no refusal of one that was overtaken, or whose token was replaced', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice()
    const { credential, connection } = await claw.stored(id)
    const lease = { lease_owner: 'worker_now', lease_until: claw.clock.now() + minute }
    await claw.app.db.write(tx => tx.updateTable('credentials').set(lease).execute())
    const before = await claw.stored(id)
    const fault = new Fault('authentication_failed', 'No.')
    for (const row of [credential, { ...before.credential, version: 0 }])
      await noteRefusal(claw.app, { row, connection }, { refused: 'invalid_grant', reached: 'answered', fault })
    expect(await claw.stored(id)).toEqual(before)
  })

  test('drop an answer when the person has reconnected meanwhile', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice({ endsInMs: 0 })
    claw.provider.play({ kind: 'hold' })
    const waiting = claw.look(id)
    await claw.provider.arrived(1)
    const parts = claw.provider.signIn()
    await claw.connectPractice({ parts, more: { connectionId: id } })
    claw.provider.release()
    expect((await waiting).status).toBe(200)
    const { credential } = await claw.stored(id)
    expect(credential.version).toBe(2)
    expect(claw.provider.takes(parts.refresh_token)).toBe(true)
    expect((await claw.look(id)).body.data).toEqual({ things: [numberOf(parts.access_token)] })
  })
})

describe('a 401', () => {
  test('on a token that seemed good has it renewed once, and the call is made once more', async () => {
    await using claw = await startPractice()
    await claw.connectPractice()
    claw.clock.move(2 * minute)
    claw.provider.revokeAccess()
    expect((await claw.look()).body).toMatchObject({ outcome: 'succeeded' })
    expect(claw.provider.asked).toHaveLength(1)
    expect(claw.provider.used.get('/things')).toBe(2)
  })

  test('of one tool alone renews no more than once a minute and changes no state', async () => {
    await using claw = await startPractice({ config: { roles: ['web', 'worker'] } })
    const { id } = await claw.connectPractice()
    claw.clock.move(2 * minute)
    for (let i = 0; i < 4; i++)
      expect((await claw.call('practice_closed')).body).toMatchObject({
        code: 'authentication_failed',
        link: expect.stringContaining(id),
      })
    expect(claw.provider.asked).toHaveLength(1)
    await expect.poll(() => claw.provider.used.get('/me') ?? 0).toBeGreaterThan(0)
    await expect.poll(async () => (await checks(claw)).length).toBe(0)
    expect((await claw.stored(id)).connection.state).toBe('healthy')
    expect((await claw.look()).status).toBe(200)
    expect(await typesOf(claw)).toEqual([])
  })

  test('on a key is looked into once, whoever asks how often', async () => {
    await using claw = await startPractice()
    await claw.connectPractice({ way: 'api_key', parts: { secret: 'good-key' }, endsInMs: null, renewable: false })
    await Promise.all(Array.from({ length: 8 }, () => claw.call('practice_closed')))
    expect(await checks(claw)).toMatchObject([{ state: 'waiting' }])
  })

  test('on a key that the account itself is refused with asks for a person, and a key that works again repairs it', async () => {
    await using claw = await startPractice({ config: { roles: ['web', 'worker'] } })
    const { id } = await claw.connectPractice({
      way: 'api_key',
      parts: { secret: 'bad-key' },
      endsInMs: null,
      renewable: false,
    })
    expect((await claw.look()).body).toMatchObject({ code: 'authentication_failed' })
    await expect.poll(async () => (await claw.stored(id)).connection.state).toBe('needs_reauth')
    const used = claw.provider.used.get('/things')
    expect((await claw.look()).body).toMatchObject({
      code: 'authentication_failed',
      link: `${claw.url}/connections?reconnect=${id}`,
    })
    expect(claw.provider.used.get('/things')).toBe(used)
    expect(await typesOf(claw)).toEqual(['connection.needs_reauth'])
  })
})

const checks = ({ app }: PracticeClaw) =>
  app.db.read.selectFrom('jobs').selectAll().where('kind', '=', 'check_connection').execute()

/** What another process has of its own: the renewals that are on their way in it. */
function otherProcess({ app }: PracticeClaw): App {
  return { ...app, renewals: createFlights(() => {}) }
}

/** One that gets the provider's answer and is held up before it can do anything with it. */
function stalledProcess(claw: PracticeClaw) {
  const app = otherProcess(claw)
  const answered = Promise.withResolvers<void>()
  const going = Promise.withResolvers<void>()
  app.net = {
    ...app.net,
    async send(request) {
      const answer = await claw.app.net.send(request)
      answered.resolve()
      await going.promise
      return answer
    },
  }
  return { app, answered: answered.promise, goOn: going.resolve }
}
