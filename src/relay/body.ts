/** What agents say to each other, at rest: sealed under a key of the workspace and the day, which the key ring wraps. */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { App } from '../app.ts'
import { decrypt, partsOf } from '../core/aes-gcm.ts'
import { Fault } from '../core/errors.ts'
import { jsonOrUndefined } from '../core/json.ts'
import { sealed, type ToSeal } from '../core/to-seal.ts'
import { sealOnce } from '../vault/sealed-rows.ts'

/** Whose it is: part of the seal, so that what was moved to another row or workspace does not open. */
export type BodyPlace = { workspaceId: string; id: string }

const dayMs = 24 * 60 * 60 * 1000
/** Longer than anything in the relay is kept, waiting and retention together. */
const keyLastsMs = 2 * 366 * dayMs

/**
 * Seals a JSON value. A key lasts for a day, which keeps it far below the 2^32 texts that random IVs are good for (NIST SP
 * 800-38D, 8.3).
 */
export async function sealBody(app: App, place: BodyPlace, value: unknown): Promise<string> {
  return sealText(app, place, JSON.stringify(value))
}

/** The same for JSON that is written already. */
export async function sealText(app: App, place: BodyPlace, json: string): Promise<string> {
  return sealed(await toSeal(app, place, json))
}

/** What has to be sealed, and how: for who passes it on to `db.insert`. At once, while the key is at hand. */
export function toSeal(app: App, place: BodyPlace, text: string): ToSeal | Promise<ToSeal> {
  const day = String(Math.floor(app.relay.now() / dayMs))
  const under = (key: KeyObject | undefined): ToSeal => {
    if (!key) throw new Error('a key of the relay does not open')
    return { key, additional: additional(place), prefix: `${day}.`, text }
  }
  const key = keyOf(app, place.workspaceId, day)
  return key instanceof Promise ? key.then(under) : under(key)
}

/** The JSON value, or a fault when it does not open: changed, moved, or under a key that is gone. */
export async function openBody(app: App, place: BodyPlace, text: string): Promise<unknown> {
  const dot = text.indexOf('.')
  const found = keyOf(app, place.workspaceId, text.slice(0, dot))
  const key = found instanceof Promise ? await found : found
  if (!key) return unreadable(app, place)
  try {
    const parts = partsOf(Buffer.from(text.slice(dot + 1), 'base64'))
    return jsonOrUndefined(decrypt(key, Buffer.from(additional(place)), parts).toString('utf8'))
  } catch {
    return unreadable(app, place)
  }
}

function unreadable(app: App, { id }: BodyPlace): Fault {
  app.log.error({ id }, 'what an agent said does not open')
  return new Fault('internal', `What ${id} says does not open.`, { fix: 'Restore the key ring from its backup.' })
}

const additional = ({ workspaceId, id }: BodyPlace) => `clawlink 1\nrelay\n${workspaceId}\n${id}`

function keyOf(app: App, workspaceId: string, day: string): KeyObject | undefined | Promise<KeyObject | undefined> {
  const name = `${workspaceId} ${day}`
  const known = app.relay.bodyKeys.get(name)
  if (known) return known
  return loadKey(app, workspaceId, day).then(key => {
    if (key) app.relay.bodyKeys.set(name, key)
    return key
  })
}

async function loadKey({ db, vault, clock }: App, workspaceId: string, day: string): Promise<KeyObject | undefined> {
  const place = { id: `relay:${workspaceId}:${day}`, workspaceId, expiresAt: clock.now() + keyLastsMs }
  const kept = await sealOnce(db, vault, place, () => randomBytes(32).toString('base64'))
  return kept instanceof Fault ? undefined : createSecretKey(kept.reveal(), 'base64')
}
