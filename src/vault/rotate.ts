import { Fault } from '../core/errors.ts'
import type { Db } from '../db/db.ts'
import type { CredentialRow } from '../db/schema.ts'
import { type KeyRing, withNewKey } from './key-ring.ts'
import type { KeyRingSource } from './key-ring-source.ts'
import { rewrap, type Sealed } from './seal.ts'
import { ringSetting } from './vault.ts'

/**
 * `madeKey`: whether the active key is a new one. `broken`: connections whose credential does not open with any key of the
 * ring; they were left as they are.
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
  for (let after: string | undefined = ''; after !== undefined; progress(rotation.records)) {
    after = await rewrapSome(db, ring, after, rotation)
  }
  return rotation
}

/** A short transaction at a time, so that calls go on in between. Gives the last id that it looked at. */
function rewrapSome(db: Db, ring: KeyRing, after: string, rotation: Rotation): Promise<string | undefined> {
  return db.write(async tx => {
    const rows = await tx
      .selectFrom('credentials')
      .selectAll()
      .where('ring_version', '!=', ring.active)
      .where('connection_id', '>', after)
      .orderBy('connection_id')
      .limit(200)
      .execute()
    for (const row of rows) {
      const sealed = rewrapRow(ring, row)
      if (!sealed) {
        rotation.broken.push(row.connection_id)
        continue
      }
      // Only the version that was read: a newer secret was sealed with the new key already.
      await tx
        .updateTable('credentials')
        .set({ sealed: sealed.text, ring_version: sealed.ringVersion })
        .where('connection_id', '=', row.connection_id)
        .where('version', '=', row.version)
        .execute()
      rotation.records++
    }
    return rows.at(-1)?.connection_id
  })
}

function rewrapRow(ring: KeyRing, row: CredentialRow): Sealed | undefined {
  const subject = { workspaceId: row.workspace_id, connectionId: row.connection_id, version: row.version }
  try {
    return rewrap(ring, subject, { ringVersion: row.ring_version, text: row.sealed })
  } catch {
    return undefined
  }
}
