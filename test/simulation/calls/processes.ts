import type { App } from '../../../src/app.ts'
import { stopTopic } from '../../../src/core/look-until.ts'
import { startWorking } from '../../../src/jobs/work.ts'
import { jobKinds } from '../../../src/roles/worker.ts'
import type { Random } from '../../../src/sandbox/random.ts'
import { type Death, mortalApp } from '../mortal-app.ts'
import { count, type World } from './world.ts'

/** One process of a run. */
export type Process = {
  app: App
  dead(): boolean
  /** Gives what `act` gives, or undefined as soon as the process is dead: nobody hears of it any more. */
  heard<T>(act: (app: App) => Promise<T>): Promise<T | undefined>
  /** It stops as one does that is told to, or is killed. */
  end(how: 'stops' | 'killed'): Promise<void>
}

export async function startProcess(
  world: World,
  { death, works, random }: { death?: Death; works: boolean; random: Random },
): Promise<Process> {
  const { parts, log, spoil = app => app } = world
  const { promise: died, resolve } = Promise.withResolvers<undefined>()
  let isDead = false
  const die = () => {
    isDead = true
    resolve(undefined)
  }
  const unlessDead =
    <A extends unknown[]>(act: (...args: A) => void) =>
    (...args: A) =>
      isDead ? undefined : act(...args)
  const alive: App = {
    ...parts,
    config: { ...parts.config, paceWaitMs: random.pick([0, 700, 10_000]) },
    clock: { ...parts.clock, after: (ms, fire) => parts.clock.after(ms, unlessDead(fire)) },
    random: () => random.next(),
  }
  const mortal = await mortalApp(alive, death, {
    log: {
      ...log,
      debug: unlessDead(log.debug),
      info: unlessDead(log.info),
      warn: unlessDead(log.warn),
      error: unlessDead(log.error),
    },
    onDeath(step) {
      count(world, `death ${death?.side} a ${step}`)
      die()
    },
  })
  const app = spoil(watched(world, mortal.app))
  const working = works ? startWorking(app, jobKinds(app)) : undefined
  const stop = async () => {
    app.wakes.emit(stopTopic)
    await working?.stop(0)
    await app.breakers.close()
    await app.pacer.close()
    await app.notices.close()
  }
  return {
    app,
    dead: () => isDead,
    heard: act =>
      Promise.race([
        died,
        act(app).catch(cause => {
          if (isDead) return undefined
          throw cause
        }),
      ]).then(given => (isDead ? undefined : given)),
    async end(how) {
      if (!isDead && how === 'stops') {
        await stop().catch(cause => {
          if (!isDead) throw cause
        })
      }
      mortal.kill()
      die()
      await working?.stop(0).catch(() => {}) // it cannot give anything back any more
    },
  }
}

/** Counts how often its calls have to wait for the limit of the provider. */
function watched(world: World, app: App): App {
  const { pacer } = app
  return {
    ...app,
    pacer: {
      ...pacer,
      take(ready, wait) {
        const waiting = pacer.take(ready, wait)
        if (!waiting) return undefined
        count(world, 'waited for the limit')
        return waiting.then(held => {
          if (held) count(world, `held: ${held.kind}`)
          return held
        })
      },
    },
  }
}
