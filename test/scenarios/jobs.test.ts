/** Jobs: there with what asked for them, run by whoever is alive, tried again, given up, never ended by a stranger. */
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { backoffMs } from '../../src/jobs/backoff.ts'
import { enqueue, ensureRecurring, hurryJob, jobsChannel, jobsTopic } from '../../src/jobs/enqueue.ts'
import type { JobEnd, JobKinds } from '../../src/jobs/job.ts'
import { claimJobs, completeJob, extendLease, giveBackJob, leaseMs } from '../../src/jobs/lease.ts'
import { startWorking } from '../../src/jobs/work.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'

const start = () => startClawLink({ config: { roles: ['web'] } })

const add = ({ app }: TestClawLink, kind: string, runAt?: number) =>
  app.db.write(tx => enqueue(app, tx, { workspaceId: '', kind, subject: kind, ...(runAt !== undefined && { runAt }) }))

const stored = ({ app }: TestClawLink) => app.db.read.selectFrom('jobs').selectAll().orderBy('id').execute()

/** Kinds that note each run and end as told. */
function noting(end: (runs: number) => JobEnd | Promise<JobEnd>, failuresMax = 3) {
  const runs: string[] = []
  const dead: string[] = []
  const kind = {
    failuresMax,
    run(job: { subject: string }) {
      runs.push(job.subject)
      return Promise.resolve(end(runs.length))
    },
    async dead(job: { subject: string }) {
      dead.push(job.subject)
    },
  }
  return { runs, dead, kinds: { one: kind, two: kind } satisfies JobKinds }
}

/** PostgreSQL tells of jobs over a connection that this test does not have. */
const tell = ({ app }: TestClawLink) => app.wakes.emit(jobsTopic)

describe('a job', () => {
  test('exists if and only if the transaction that adds it is committed', async () => {
    await using claw = await start()
    const { app } = claw
    const failing = app.db.write(async tx => {
      await enqueue(app, tx, { workspaceId: '', kind: 'one', subject: 'x' })
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    expect(await stored(claw)).toEqual([])
    await add(claw, 'one')
    expect(await stored(claw)).toMatchObject([{ kind: 'one', state: 'waiting', attempts: 0 }])
  })

  test('runs once and goes', async () => {
    await using claw = await start()
    const { runs, kinds } = noting(() => 'done')
    const working = startWorking(claw.app, kinds)
    await add(claw, 'one')
    tell(claw)
    await expect.poll(() => stored(claw)).toEqual([])
    expect(runs).toEqual(['one'])
    await working.stop(0)
  })

  test('runs when it is due, not before', async () => {
    await using claw = await start()
    const { runs, kinds } = noting(() => 'done')
    await add(claw, 'one', claw.clock.now() + 60_000)
    const working = startWorking(claw.app, kinds)
    await add(claw, 'two')
    tell(claw)
    await expect.poll(() => runs).toEqual(['two'])
    claw.clock.move(59_999)
    await expect.poll(async () => (await stored(claw)).length).toBe(1)
    claw.clock.move(1)
    await expect.poll(() => runs).toEqual(['two', 'one'])
    await working.stop(0)
  })

  test('that runs again and again is not put off for ever by a clock that was ahead', async () => {
    await using claw = await start()
    const ensure = () => ensureRecurring(claw.app, ['one', 'two'])
    const runAt = (kind: string, inMs: number) =>
      claw.app.db.write(tx =>
        tx
          .updateTable('jobs')
          .set({ run_at: claw.clock.now() + inMs })
          .where('kind', '=', kind)
          .execute(),
      )
    await ensure()
    await runAt('one', 365 * 24 * 60 * 60_000)
    await runAt('two', 60 * 60_000)
    await ensure()
    const [one, two] = (await stored(claw)).map(({ run_at }) => run_at - claw.clock.now())
    expect(one).toBeLessThan(60_000)
    expect(two).toBe(60 * 60_000)
  })

  test('lets others have their turn, however often it is due again at once', async () => {
    await using claw = await start()
    let turns = 0
    const turn = () => {
      turns++
      next = setImmediate(turn)
    }
    let next = setImmediate(turn)
    const turnOfRun: number[] = []
    const { kinds } = noting(count => {
      turnOfRun.push(turns)
      return count < 20 ? { againAt: claw.clock.now() } : 'done'
    })
    await add(claw, 'one')
    const working = startWorking(claw.app, kinds)
    await expect.poll(() => stored(claw), { timeout: 10_000 }).toEqual([])
    clearImmediate(next)
    expect(new Set(turnOfRun).size).toBe(20)
    await working.stop(0)
  })

  test('that goes on later keeps its place and starts anew', async () => {
    await using claw = await start()
    const { runs, kinds } = noting(count => (count < 3 ? { againAt: claw.clock.now() + 10_000 } : 'done'))
    await add(claw, 'one')
    const working = startWorking(claw.app, kinds)
    for (let count = 1; count <= 3; count++) {
      await expect.poll(() => runs.length).toBe(count)
      if (count < 3) await expect.poll(async () => (await stored(claw))[0]?.state).toBe('waiting')
      claw.clock.move(10_000)
    }
    await expect.poll(() => stored(claw)).toEqual([])
    await working.stop(0)
  })

  test('that fails is tried again after a growing, random pause, and given up in the end', async () => {
    await using claw = await start()
    const { runs, dead, kinds } = noting(() => {
      throw new Error('no luck with cllk_live_0123456789')
    })
    await add(claw, 'one')
    const working = startWorking({ ...claw.app, random: () => 0.5 }, kinds)
    for (const pause of [500, 1000]) {
      await expect
        .poll(async () => (await stored(claw))[0])
        .toMatchObject({ state: 'waiting', run_at: claw.clock.now() + pause })
      // Whoever hurries it patiently does not use up its tries.
      const hurried = { kind: 'one', subject: 'one' }
      expect(await claw.app.db.write(tx => hurryJob(claw.app, tx, hurried, { patient: true }))).toBe(true)
      expect((await stored(claw))[0]?.run_at).toBe(claw.clock.now() + pause)
      claw.clock.move(pause)
    }
    await expect.poll(async () => (await stored(claw))[0]?.state).toBe('dead')
    expect({ runs: runs.length, dead }).toEqual({ runs: 3, dead: ['one'] })
    expect((await stored(claw))[0]).toMatchObject({ last_error: 'no luck with cllk_live_•••', lease_owner: '' })
    await working.stop(0)
  })

  test('of a kind that nobody knows is put aside, and does not stand in the way', async () => {
    await using claw = await start()
    const { runs, kinds } = noting(() => 'done')
    await add(claw, 'unheard_of')
    await add(claw, 'one')
    const working = startWorking(claw.app, kinds)
    await expect.poll(() => runs).toEqual(['one'])
    await expect.poll(async () => (await stored(claw)).map(({ state }) => state)).toEqual(['dead'])
    await working.stop(0)
  })

  test('whose workers die of it is given up', async () => {
    await using claw = await start()
    const { runs, dead, kinds } = noting(() => 'done')
    await add(claw, 'one')
    for (let life = 0; life < 4; life++) {
      await claimJobs(claw.app.db, { owner: `worker_${life}`, now: claw.clock.now(), limit: 1 })
      claw.clock.move(leaseMs)
    }
    const working = startWorking(claw.app, kinds)
    await expect.poll(() => dead).toEqual(['one'])
    expect(runs).toEqual([])
    await working.stop(0)
  })
})

describe('a lease', () => {
  const claim = ({ app, clock }: TestClawLink, owner: string, limit = 1) =>
    claimJobs(app.db, { owner, now: clock.now(), limit })

  test('is held by one worker, however many ask at the same time', async () => {
    await using claw = await start()
    for (let i = 0; i < 30; i++) await add(claw, 'one')
    const claims = await Promise.all(Array.from({ length: 10 }, (_, i) => claim(claw, `worker_${i}`, 5)))
    const ids = claims.flatMap(({ jobs }) => jobs.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    expect(claims.every(({ jobs }) => jobs.length <= 5)).toBe(true)
    const rest = await claim(claw, 'worker_last', 100)
    expect(ids.length + rest.jobs.length).toBe(30)
  })

  test('runs out when it is not extended; then nothing that its old holder does counts', async () => {
    await using claw = await start()
    const { db } = claw.app
    await add(claw, 'one')
    const [old] = (await claim(claw, 'worker_1')).jobs
    if (!old) throw new Error('it was there')
    claw.clock.move(leaseMs - 1)
    expect((await claim(claw, 'worker_2')).jobs).toEqual([])
    await extendLease(db, old, claw.clock.now())
    claw.clock.move(leaseMs - 1)
    expect((await claim(claw, 'worker_2')).jobs).toEqual([])
    claw.clock.move(1)
    // The same owner too: its earlier lease is another one.
    const [taken] = (await claim(claw, 'worker_1')).jobs
    expect(taken).toMatchObject({ id: old.id, attempts: 2, failures: 1 })
    const before = await stored(claw)
    await completeJob(db, old)
    await extendLease(db, old, claw.clock.now() + leaseMs)
    await giveBackJob(db, old, { runAt: 0, failures: 0 })
    expect(await stored(claw)).toEqual(before)
  })

  test('is extended while the job runs', async () => {
    await using claw = await start()
    const gate = Promise.withResolvers<JobEnd>()
    const { runs, kinds } = noting(() => gate.promise)
    await add(claw, 'one')
    const working = startWorking(claw.app, kinds)
    await expect.poll(() => runs.length).toBe(1)
    for (let step = 0; step < 6; step++) {
      const until = claw.clock.now() + leaseMs / 3 + leaseMs
      claw.clock.move(leaseMs / 3)
      await expect.poll(async () => (await stored(claw))[0]?.lease_until).toBe(until)
    }
    gate.resolve('done')
    await expect.poll(() => stored(claw)).toEqual([])
    expect(runs).toEqual(['one'])
    await working.stop(0)
  })

  test('is given back when its worker stops before the job is done', async () => {
    await using claw = await start()
    const { runs, kinds } = noting(() => new Promise<JobEnd>(() => {}))
    await add(claw, 'one')
    const working = startWorking(claw.app, kinds)
    await expect.poll(() => runs.length).toBe(1)
    await working.stop(0)
    expect(await stored(claw)).toMatchObject([{ state: 'waiting', lease_owner: '', run_at: claw.clock.now() }])
  })

  test('is kept until the job is done when its worker stops and there is time', async () => {
    await using claw = await start()
    const gate = Promise.withResolvers<JobEnd>()
    const { runs, kinds } = noting(() => gate.promise)
    await add(claw, 'one')
    const working = startWorking(claw.app, kinds)
    await expect.poll(() => runs.length).toBe(1)
    const stopping = working.stop(10_000)
    await add(claw, 'two')
    gate.resolve('done')
    await stopping
    expect(await stored(claw)).toMatchObject([{ kind: 'two', state: 'waiting' }])
    expect(runs).toEqual(['one'])
  })
})

test('the pause before a job is tried again doubles up to five minutes, and is anything from nothing to all of that', () => {
  expect([1, 2, 3, 8, 9, 10, 99].map(attempt => backoffMs(attempt, () => 0.999_999))).toEqual([
    999, 1999, 3999, 127_999, 255_999, 299_999, 299_999,
  ])
  expect(backoffMs(5, () => 0)).toBe(0)
})

test.runIf(process.env.CLAWLINK_TEST_DIALECT === 'postgres')(
  'every process is told of a job at once, over one connection for all that it hears of, also after that broke, and hears nothing after it stops',
  async () => {
    await using claw = await start()
    let news = 0
    const listening = claw.app.listen({ name: jobsChannel, onNews: () => news++ })
    await expect.poll(() => listening.isTold()).toBe(true)
    const before = news
    await add(claw, 'one')
    await expect.poll(() => news).toBe(before + 1)
    const ended = await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'clawlink news'`.execute(claw.app.db.read)
    expect(ended.rows).toHaveLength(1)
    await expect.poll(() => listening.isTold()).toBe(false)
    await expect.poll(() => listening.isTold(), { timeout: 10_000 }).toBe(true)
    const again = news
    await add(claw, 'one')
    await expect.poll(() => news).toBe(again + 1)
    await listening.stop()
    await add(claw, 'one')
    expect(news).toBe(again + 1)
  },
)
