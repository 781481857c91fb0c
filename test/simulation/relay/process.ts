import type { App } from '../../../src/app.ts'
import { stopTopic } from '../../../src/core/look-until.ts'
import type { Readers } from '../../../src/relay/readers.ts'
import { createRelay } from '../../../src/relay/relay.ts'
import { type Death, mortalApp } from '../mortal-app.ts'
import { count, type World } from './world.ts'

/** One process of a run. */
export type Process = {
  dead(): boolean
  /** Gives what `act` gives, or undefined as soon as the process is dead: nobody hears of it any more. */
  heard<T>(act: (app: App) => Promise<T>): Promise<{ told: T } | undefined>
  /** It stops as one does that is told to, or is killed. */
  end(how: 'stops' | 'killed'): Promise<void>
}

/** `skewMs`: its clock is so far ahead. On SQLite there is one process, and its clock is the only one. */
export async function startProcess(
  world: World,
  { death, skewMs }: { death: Death; skewMs: number },
): Promise<Process> {
  const { claw, clock, spoil = app => app } = world
  const { promise: died, resolve } = Promise.withResolvers<undefined>()
  let isDead = false
  const die = () => {
    isDead = true
    resolve(undefined)
  }
  const isPostgres = claw.app.db.dialect === 'postgres'
  const aheadMs = isPostgres ? skewMs : 0
  // While it compares its clock with the database's, which the moves of ours do not move, ours stands where that one does.
  const databaseMs = claw.app.relay.now() - clock.now()
  let isMeasuring = isPostgres
  const onTheWay = <T>(commit: Promise<T>) => {
    world.commits.add(commit)
    const forget = () => world.commits.delete(commit)
    commit.then(forget, forget)
    return commit
  }
  const own: App = {
    ...claw.app,
    db: {
      ...claw.app.db,
      point: world.point,
      write: run => onTheWay(claw.app.db.write(run)),
      together: run => onTheWay(claw.app.db.together(run)),
      insert: (table, row) => onTheWay(claw.app.db.insert(table, row)),
      change: build => {
        const change = claw.app.db.change(build)
        return (...parameters) => onTheWay(change(...parameters))
      },
    },
    clock: {
      now: () => (isMeasuring ? Date.now() - databaseMs : clock.now()) + aheadMs,
      after: (ms: number, fire: () => void) => clock.after(ms, () => (isDead ? undefined : fire())),
    },
  }
  const mortal = await mortalApp(own, death, {
    log: world.log,
    onDeath(step) {
      count(world, `death ${death?.side} a ${step}`)
      die()
    },
  })
  const { db, log, wakes } = mortal.app
  const relay = await createRelay({ db, clock: own.clock, log, wakes })
  const readers: Readers = {
    ...relay.readers,
    find(agentId, toDevice) {
      const place = relay.readers.find(agentId, toDevice)
      if (place) count(world, 'brought as it is stored')
      return place
    },
  }
  const app = spoil({ ...mortal.app, relay: { ...relay, readers } })
  isMeasuring = false
  return {
    dead: () => isDead,
    heard: act =>
      Promise.race([
        died,
        act(app).then(
          told => ({ told }),
          cause => {
            if (isDead) return undefined
            throw cause
          },
        ),
      ]).then(given => (isDead ? undefined : given)),
    async end(how) {
      if (!isDead && how === 'stops') {
        app.wakes.emit(stopTopic)
        await app.relay.close()
      }
      mortal.kill()
      die()
    },
  }
}
