/** Renewing through crowds, deaths and late answers: one refresh for all, and no connection that locks itself out. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type App, openApp } from '../../src/app.ts'
import { Credential } from '../../src/connections/credential.ts'
import { createFlights } from '../../src/connections/flights.ts'
import type { RenewalEnd } from '../../src/connections/renewal.ts'
import { Fault } from '../../src/core/errors.ts'
import { type Random, randomFor } from '../../src/sandbox/random.ts'
import { type MovableClock, movableClock } from '../kit/movable-clock.ts'
import { type DbPlace, openTestDb } from '../kit/open-db.ts'
import { addPractice, connectPractice, practiceConfig, practiceCredential } from '../kit/practice.ts'
import {
  type Play,
  type RefreshProvider,
  type RefreshProviderOptions,
  startRefreshProvider,
} from '../kit/refresh-provider.ts'
import { type Death, mortalApp } from './mortal-app.ts'

const seed = Number(process.env.CLAWLINK_TEST_RENEWAL_SEED ?? randomInt(2 ** 31))
const onPostgres = process.env.CLAWLINK_TEST_DIALECT === 'postgres'
const runs = Number(process.env.CLAWLINK_TEST_RENEWAL_RUNS ?? (onPostgres ? 16 : 40))
const hour = 3_600_000

type World = {
  app: App
  clock: MovableClock
  place: DbPlace
  provider: RefreshProvider
  /** A real process on the same database. */
  start(): Promise<CallingProcess>
  [Symbol.asyncDispose](): Promise<void>
}

/** An app on a database of its own, and the provider. Its clock starts at the real time and stands still. */
async function openWorld(options: Partial<RefreshProviderOptions> = {}): Promise<World> {
  const clock = movableClock(Date.now())
  const place = await openTestDb()
  const provider = await startRefreshProvider({ now: clock.now, ...options })
  const opened = await openApp({ ...practiceConfig(place.dataDir, provider.url), ...place.settings }, { clock })
  if (opened instanceof Fault) throw new Error(opened.message)
  addPractice(opened.app)
  const processes: CallingProcess[] = []
  return {
    app: opened.app,
    clock,
    place,
    provider,
    async start() {
      const started = await startCalling(place, provider.url)
      processes.push(started)
      return started
    },
    async [Symbol.asyncDispose]() {
      for (const each of processes) await each.kill()
      await provider[Symbol.asyncDispose]()
      await opened.close()
      await place[Symbol.asyncDispose]()
    },
  }
}

type CallingProcess = {
  /** Makes so many calls at once; how they ended, by outcome or message. */
  call(count: number): Promise<Record<string, number>>
  kill(): Promise<void>
}

async function startCalling({ settings, dataDir }: DbPlace, baseUrl: string): Promise<CallingProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    [`${import.meta.dirname}/renewing-process.ts`, dataDir, baseUrl],
    {
      env: { ...process.env, CLAWLINK_DATABASE_URL: settings.databaseUrl?.reveal() },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const { stdin, stdout } = child
  if (!stdout || !stdin) throw new Error('both were piped')
  const lines = createInterface(stdout)[Symbol.asyncIterator]()
  const ended = once(child, 'close')
  expect((await lines.next()).value).toBe('ready')
  return {
    async call(count) {
      stdin.write(`${count}\n`)
      const { value } = await lines.next()
      return JSON.parse(value ?? '{}')
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

const credentialRow = ({ db }: App, id: string) =>
  db.read.selectFrom('credentials').selectAll().where('connection_id', '=', id).executeTakeFirstOrThrow()
const stateOf = async ({ db }: App, id: string) =>
  (await db.read.selectFrom('connections').select('state').where('id', '=', id).executeTakeFirstOrThrow()).state

const crowd = onPostgres ? 4 : 1

test(`500 calls at once on a connection whose token has ended, from ${crowd} real process${crowd > 1 ? 'es' : ''}: exactly one refresh reaches the provider, and all succeed`, async () => {
  await using world = await openWorld()
  const { id } = await connectPractice(world.app, { parts: world.provider.signIn(), endsInMs: 0 })
  const processes = await Promise.all(Array.from({ length: crowd }, world.start))
  const ended = await Promise.all(processes.map(each => each.call(500 / crowd)))
  expect(ended).toEqual(Array(crowd).fill({ succeeded: 500 / crowd }))
  expect(world.provider.asked).toHaveLength(1)
  expect(world.provider.used.get('/things')).toBe(500)
  expect(await credentialRow(world.app, id)).toMatchObject({ version: 2, lease_owner: '' })
  expect(await stateOf(world.app, id)).toBe('healthy')
})

test('a process that is killed while its refresh is on its way leaves at most one valid chain, and the connection works on', async () => {
  await using world = await openWorld({ reuseWindowMs: 60_000 })
  const { app, provider, clock } = world
  const connection = await connectPractice(app, { parts: provider.signIn(), endsInMs: 0 })
  provider.play({ kind: 'hold' })
  const doomed = await world.start()
  void doomed.call(10)
  await provider.arrived(1)
  await doomed.kill()
  provider.release()
  const ended = drive(world, () => practiceCredential(app, connection))
  expect((await ended) instanceof Fault).toBe(false)
  expect(provider.asked).toHaveLength(2)
  expect(provider.liveCount()).toBe(1)
  clock.move(hour)
  expect((await practiceCredential(app, connection)) instanceof Fault).toBe(false)
  expect(provider.liveCount()).toBe(1)
  expect(await stateOf(app, connection.id)).toBe('healthy')
})

test(`in ${runs} lives with deaths, stalls, lost answers and rotation, a connection never locks itself out, and one whose processes live is refreshed once`, {
  timeout: 120_000,
}, async () => {
  const ends = new Map<string, number>()
  for (const reuseWindowMs of [0, hour]) {
    await using world = await openWorld({ reuseWindowMs })
    for (let run = 0; run < runs / 2; run++) {
      const name = `window ${reuseWindowMs}, run ${run}`
      const end = await live(world, randomFor(seed, name), {
        label: name,
        takesTwice: reuseWindowMs > 0,
        easy: run % 3 === 0,
      }).catch(cause => {
        throw new Error(`CLAWLINK_TEST_RENEWAL_SEED=${seed}, ${name}: ${cause instanceof Error ? cause.stack : cause}`)
      })
      ends.set(end, (ends.get(end) ?? 0) + 1)
    }
  }
  // It was both: easy and hard.
  for (const end of ['smooth: works', 'troubled: works']) expect(ends.has(end), end).toBe(true)
})

/** One connection from the end of its token until all is quiet again; gives how it went. */
async function live(
  world: World,
  random: Random,
  { label, takesTwice, easy }: { label: string; takesTwice: boolean; easy: boolean },
) {
  const { app, clock, provider } = world
  const parts = provider.signIn()
  const connection = await connectPractice(app, { label, parts, endsInMs: 0 })
  const before = provider.asked.length
  const plays = Array.from({ length: easy ? 0 : random.int(0, 2) }, () =>
    random.pick<Play>([{ kind: 'lose' }, { kind: 'refuse', status: 503 }]),
  )
  provider.play(...plays)
  const sending = { count: 0 }
  const starting = Array.from({ length: random.int(1, 3) }, async () => {
    const death: Death =
      !easy && random.int(0, 1)
        ? { step: random.int(0, 3), side: random.pick(['before', 'after'] as const) }
        : undefined
    const stallMs = random.pick(easy ? [0, 5_000, 10_000] : [0, 0, 0, 10_000, 25_000, 50_000])
    const { app: mortal } = await mortalApp(stalling(app, clock, sending, stallMs), death)
    return { death, stallMs, app: mortal }
  })
  const processes = await Promise.all(starting)
  const calls = processes.flatMap(each => Array.from({ length: 3 }, () => practiceCredential(each.app, connection)))
  const told = await driven(world, sending, () => Promise.allSettled(calls))
  clock.move(50_000)
  const stalled = processes.some(({ stallMs }) => stallMs >= 15_000)
  const lost = plays.some(({ kind }) => kind === 'lose') || processes.some(({ death }) => death)
  const smooth = plays.length === 0 && !stalled && !lost
  if (smooth) {
    expect(told.map(each => each.status === 'fulfilled' && each.value instanceof Credential)).not.toContain(false)
    expect(provider.asked.length - before).toBe(1)
  }
  provider.forgetPlays()
  // Every lease and every pause is over, and who is alive goes on; then once more, with what came of that.
  let credential: Credential | Fault | undefined
  for (const passes of [6 * 60_000, hour, hour]) {
    clock.move(passes)
    const survivor = { ...stalling(app, clock, sending, 0), renewals: createFlights<RenewalEnd>(() => {}) }
    credential = await driven(world, sending, () => practiceCredential(survivor, connection))
  }
  if (!(credential instanceof Credential)) {
    expect(credential).toMatchObject({ code: 'authentication_failed', details: { link: expect.any(String) } })
    // A provider that takes a used refresh token once more puts right whatever goes wrong, one thing at a time.
    expect(smooth || (takesTwice && !(stalled && lost))).toBe(false)
    expect(provider.liveCount()).toBeLessThanOrEqual(takesTwice ? 1 : 0)
    provider.revokeAll()
    expect(await stateOf(app, connection.id)).toBe('needs_reauth')
    return 'troubled: needs a person'
  }
  expect(provider.takes(credential.reveal('refresh_token') ?? '')).toBe(true)
  expect(provider.liveCount()).toBe(1)
  expect(await stateOf(app, connection.id)).toBe('healthy')
  provider.revokeAll()
  return smooth ? 'smooth: works' : 'troubled: works'
}

/** A process that gets each answer of the token endpoint and is held up for so long before it can do anything with it. */
function stalling(app: App, clock: MovableClock, sending: { count: number }, stallMs: number): App {
  return {
    ...app,
    renewals: createFlights(() => {}),
    net: {
      ...app.net,
      async send(request) {
        sending.count++
        const answer = await app.net.send(request).finally(() => sending.count--)
        if (stallMs > 0) await new Promise<void>(resolve => clock.after(stallMs, resolve))
        return answer
      },
    },
  }
}

/** Lets the time pass while something goes on, but not while the provider is being asked. */
async function driven<T>({ app, clock }: World, sending: { count: number }, work: () => Promise<T>): Promise<T> {
  let done = false
  const ended = work().finally(() => {
    done = true
  })
  for (;;) {
    await app.db.read.selectFrom('settings').selectAll().execute()
    await new Promise(setImmediate)
    if (done) return ended
    if (sending.count === 0) clock.move(500)
  }
}

/** Lets the time pass while something goes on, at the pace at which the machine answers. */
async function drive<T>({ clock }: { clock: MovableClock }, work: () => Promise<T>): Promise<T> {
  let done = false
  const ended = work().finally(() => {
    done = true
  })
  while (!done) {
    await pause(1)
    if (!done) clock.move(50)
  }
  return ended
}
