import { Fault } from '../core/errors.ts'
import { RecentMap } from '../core/recent-map.ts'
import { Secret } from '../core/secret.ts'
import type { Db } from '../db/db.ts'
import { type KeyRing, newKeyRing } from './key-ring.ts'
import type { KeyRingSource } from './key-ring-source.ts'
import { type ReadyRecord, type Sealed, type SealSubject, seal, unseal } from './seal.ts'

/** Seals and opens credentials. Holds the key ring, never a plaintext. */
export type Vault = {
  seal(subject: SealSubject, secret: Secret): Sealed
  /** A fault when the record does not open: changed, moved, or sealed under a key that is gone. */
  open(subject: SealSubject, sealed: Sealed): Secret | Fault
}

export const ringSetting = 'key_ring_id'

/**
 * The vault of this database. A ring is made only for a database that never had one; from then on exactly that ring is
 * asked for, so a lost or exchanged ring is a clear refusal, never a second ring or plaintext.
 */
export async function openVault(db: Db, source: KeyRingSource, nowMs: number): Promise<Vault | Fault> {
  const known = await db.read.selectFrom('settings').select('value').where('name', '=', ringSetting).executeTakeFirst()
  const loaded = source.load()
  if (!loaded && known) return missing(source, known.value)
  const ring = loaded ?? makeRing(source, nowMs)
  if (ring instanceof Fault) return ring
  const stored = known ?? (await rememberRing(db, ring.id))
  if (stored.value !== ring.id) return wrong(source, stored.value, ring.id)
  return vaultOf(ring, source)
}

function makeRing({ name, load, writing }: KeyRingSource, nowMs: number): KeyRing | Fault {
  if (!writing)
    return new Fault('internal', `There is no key ring in ${name}.`, {
      fix: 'Make one with `clawlink vault new-ring`.',
    })
  const lock = writing.lock()
  if (lock instanceof Fault) return lock
  try {
    const made = load()
    if (made) return made // by another process that starts at the same time
    const ring = newKeyRing(nowMs)
    writing.save(ring)
    return ring
  } finally {
    lock.release()
  }
}

/** Two processes may start on a new database at once: what counts is what the database holds afterwards. */
async function rememberRing(db: Db, id: string): Promise<{ value: string }> {
  return db.write(async tx => {
    await tx
      .insertInto('settings')
      .values({ name: ringSetting, value: id })
      .onConflict(on => on.doNothing())
      .execute()
    return tx.selectFrom('settings').select('value').where('name', '=', ringSetting).executeTakeFirstOrThrow()
  })
}

function vaultOf(opened: KeyRing, source: KeyRingSource): Vault {
  let ring = opened
  let stamp = source.stamp?.()
  const openedLately = new RecentMap<ReadyRecord>(1000)
  const isChanged = () => source.stamp?.() !== stamp
  /** A rotation by another process adds keys to the ring; a ring of another id is never taken over. */
  const reload = () => {
    stamp = source.stamp?.()
    const loaded = source.load()
    if (loaded && !(loaded instanceof Fault) && loaded.id === ring.id) ring = loaded
  }
  // Looked for once, so that a spoilt row does not make every call on it load the ring.
  const inVain = new Set<number>()
  const holds = (version: number): boolean => {
    if (ring.keys.has(version)) return true
    if (inVain.has(version) && !isChanged()) return false
    reload()
    if (!ring.keys.has(version)) inVain.add(version)
    return ring.keys.has(version)
  }
  return {
    seal(subject, secret) {
      if (isChanged()) reload()
      return seal(ring, subject, secret.reveal())
    },
    open(subject, sealed) {
      if (!holds(sealed.ringVersion)) return unknownKey(source, subject, sealed)
      try {
        return new Secret(unseal(ring, subject, sealed, openedLately))
      } catch {
        return new Fault('internal', `The credential of ${subject.connectionId} does not open.`, {
          fix: 'Remove this connection and add it again. If all fail, restore the key ring from its backup.',
        })
      }
    },
  }
}

function unknownKey(source: KeyRingSource, { connectionId }: SealSubject, { ringVersion }: Sealed): Fault {
  return new Fault(
    'internal',
    `The credential of ${connectionId} is sealed with key ${ringVersion} of the ring, which this ClawLink does not have.`,
    {
      fix: `See that ${source.name} holds the present key ring, and start ClawLink again.`,
    },
  )
}

function missing(source: KeyRingSource, id: string): Fault {
  return new Fault(
    'internal',
    `The key ring is missing: ${source.name} holds none, and credentials here are sealed with the ring ${id}.`,
    {
      fix: 'Restore the key ring from its backup. Without it the stored credentials cannot be opened by anyone.',
    },
  )
}

function wrong(source: KeyRingSource, expected: string, found: string): Fault {
  return new Fault(
    'internal',
    `The key ring is the wrong one: ${source.name} holds ${found}, and credentials here are sealed with ${expected}.`,
    {
      fix: 'Point CLAWLINK_KEYRING_FILE at the right ring, or restore it from its backup.',
    },
  )
}
