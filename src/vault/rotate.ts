import { setTimeout } from 'node:timers/promises'
import { Fault } from '../core/errors.ts'
import type { Db } from '../db/db.ts'
import { type KeyRing, withNewKey } from './key-ring.ts'
import type { KeyRingSource } from './key-ring-source.ts'
import { rewrap, type Sealed } from './seal.ts'
import { type SealedRecord, type SealedTable, sealedTables } from './sealed-tables.ts'
import { ringSetting } from './vault.ts'

/**
 * `madeKey`: whether the active key is a new one. `broken`: ids of what does not open with any key of the ring, such as the
 * connection of a credential; it was left as it is.
 */
export type Rotation = { ringVersion: number; madeKey: boolean; records: number; broken: string[] }

/**
 * Makes a new active key and wraps every record's data key with it, while servers go on working: they find the new key
 * when they meet a record that needs it. May be interrupted and run again at any point. Old keys stay in the ring.
 * Where ClawLink cannot write the ring, the operator has added the new key and this does the wrapping alone.
 * At most one rotation of a key ring file runs at a time.
 */
export async function rotateVault(
  db: Db,
  source: KeyRingSource,
  progress: (done: number) => void = () => {},
): Promise<Rotation | Fault> {
  const lock = source.writing?.lock()
  if (lock instanceof Fault) return lock
  try {
    return await rotate(db, source, progress)
  } finally {
    lock?.release()
  }
}

async function rotate(db: Db, source: KeyRingSource, progress: (done: number) => void): Promise<Rotation | Fault> {
  const loaded = source.load()
  if (loaded instanceof Fault) return loaded
  if (!loaded)
    return new Fault('internal', `There is no key ring in ${source.name}.`, {
      fix: 'Start ClawLink once: it makes one.',
    })
  const known = await db.read.selectFrom('settings').select('value').where('name', '=', ringSetting).executeTakeFirst()
  if (known && known.value !== loaded.id) {
    return new Fault('internal', `The key ring in ${source.name} is not the one of this database.`, {
      fix: `The database was sealed with ${known.value}.`,
    })
  }
  const ring = source.writing ? withNewKey(loaded) : loaded
  // The ring is on disk before any record needs its new key.
  source.writing?.save(ring)

  const rotation: Rotation = { ringVersion: ring.active, madeKey: ring !== loaded, records: 0, broken: [] }
  for (const table of sealedTables) {
    for (let after: string | undefined = ''; after !== undefined; progress(rotation.records)) {
      const beganAt = performance.now()
      after = await rewrapSome(db, ring, { table, after, rotation })
      // A server on the same SQLite file does nothing else while it waits, and looks again after ever longer pauses.
      if (db.dialect === 'sqlite') await setTimeout(performance.now() - beganAt)
    }
  }
  return rotation
}

/** A short transaction at a time, so that calls go on in between. Gives the last id that it looked at. */
function rewrapSome(
  db: Db,
  ring: KeyRing,
  { table, after, rotation }: { table: SealedTable; after: string; rotation: Rotation },
): Promise<string | undefined> {
  return db.write(async tx => {
    const records = await table.notUnder(tx, ring.active, after)
    for (const record of records) {
      const sealed = rewrapped(ring, record)
      if (!sealed) {
        rotation.broken.push(record.subject.connectionId)
        continue
      }
      await table.save(tx, record, sealed)
      rotation.records++
    }
    return records.at(-1)?.subject.connectionId
  })
}

function rewrapped(ring: KeyRing, { subject, sealed }: SealedRecord): Sealed | undefined {
  try {
    return rewrap(ring, subject, sealed)
  } catch {
    return undefined
  }
}
