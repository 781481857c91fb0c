import type { Transaction } from 'kysely'
import { inTurns } from '../core/in-turns.ts'
import type { Db } from './db.ts'
import type { Schema } from './schema.ts'

type Unit = {
  run(tx: Transaction<Schema>): Promise<void>
  /** Its transaction is durable. */
  done(): void
  fail(cause: unknown): void
}

/**
 * One commit for all units that are asked for in one turn of the event loop. When one of them fails, all are undone and each
 * is run by itself, so that it fails alone.
 */
export function writeTogether(write: Db['write']): Db['together'] {
  async function runAll(units: readonly Unit[]): Promise<void> {
    const finish = (unit: Unit) => write(unit.run).then(unit.done, unit.fail)
    try {
      await write(async tx => {
        for (const unit of units) await unit.run(tx)
      })
    } catch {
      for (const unit of units) await finish(unit)
      return
    }
    for (const unit of units) unit.done()
  }

  const waiting = inTurns(runAll)
  return <T>(run: (tx: Transaction<Schema>) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      let give = () => {}
      waiting.add({
        async run(tx) {
          const value = await run(tx)
          give = () => resolve(value)
        },
        done: () => give(),
        fail: reject,
      })
    })
}
