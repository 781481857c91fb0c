import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { userCodeId } from '../../accounts/grants/device.ts'
import { endGrant } from '../../accounts/grants/end-grant.ts'
import { keyHashOfGrant } from '../../accounts/grants/make-grant.ts'
import { putRecord, readRecord, recordId } from '../../accounts/grants/records.ts'
import type { App } from '../../app.ts'
import { RecentMap } from '../../core/recent-map.ts'
import { dropUnusedClients } from './unused-clients.ts'

/** A client that nobody has let in by then is forgotten. */
const unusedClientMs = 24 * 60 * 60 * 1000
/** RFC 8628, 3.5 gives 5 s; a second less, since networks shorten gaps. */
const pollMs = 4000

/** What oidc-provider keeps of one model, in our database: see records.ts. People's sessions are ours, so of its own it keeps none. */
export function recordAdapter(app: App, model: string): Adapter {
  if (model === 'Session') return forgetful
  if (model === 'Grant') return grantAdapter(app)
  const adapter = plainAdapter(app, model)
  return model === 'DeviceCode' ? unhurried(app, adapter) : adapter
}

function plainAdapter({ db, vault, clock }: App, model: string): Adapter {
  const idOf = (name: string) => recordId(model, name)
  return {
    async find(name) {
      const found = await readRecord<AdapterPayload>(db.read, vault, idOf(name), clock.now())
      if (!found) return undefined
      const consumed = found.row.consumed_at === null ? {} : { consumed: Math.floor(found.row.consumed_at / 1000) }
      return { ...found.payload, ...consumed, ...(model !== 'Client' && { jti: name }) }
    },
    async upsert(name, { jti: _, ...payload }, expiresInS) {
      const now = clock.now()
      const lastsMs = model === 'Client' ? unusedClientMs : expiresInS === undefined ? undefined : expiresInS * 1000
      const { grantId, userCode } = payload
      await db.write(async tx => {
        if (model === 'Client') await dropUnusedClients(tx)
        await putRecord(tx, vault, {
          id: idOf(name),
          model,
          payload,
          expiresAt: lastsMs === undefined ? null : now + lastsMs,
          grantId,
          userCode: userCode && userCodeId(userCode),
        })
      })
    },
    /** Each code and refresh token works once. Of two requests at the same time the second is a replay, and ends the grant. */
    async consume(name) {
      const now = clock.now()
      const isFirst = await db.write(async tx => {
        const consumed = await tx
          .updateTable('oauth_records')
          .set({ consumed_at: now })
          .where('id', '=', idOf(name))
          .where('consumed_at', 'is', null)
          .executeTakeFirst()
        if (consumed.numUpdatedRows) return true
        const row = await tx
          .selectFrom('oauth_records')
          .select('grant_id')
          .where('id', '=', idOf(name))
          .executeTakeFirst()
        if (row?.grant_id) await endGrant(tx, now, row.grant_id)
        return false
      })
      if (!isFirst) throw new errors.InvalidGrant('used already')
    },
    async destroy(name) {
      await db.write(tx => tx.deleteFrom('oauth_records').where('id', '=', idOf(name)).execute())
    },
    async revokeByGrantId(grantId) {
      await db.write(tx =>
        tx.deleteFrom('oauth_records').where('grant_id', '=', grantId).where('model', '=', model).execute(),
      )
    },
    // Devices are decided about by our own routes, sessions are not kept.
    findByUserCode: async () => undefined,
    findByUid: async () => undefined,
  }
}

/** A grant is there as long as its key lasts: what ends the key ends the refreshing of its tokens at once. */
function grantAdapter(app: App): Adapter {
  const { db, clock, queries } = app
  const records = plainAdapter(app, 'Grant')
  return {
    ...records,
    async find(keyId) {
      const [key] = await queries.accounts.keyByHash(keyHashOfGrant(keyId))
      if (!key || key.revoked_at !== null) return undefined
      if (key.expires_at !== null && key.expires_at <= clock.now()) return undefined
      return records.find(keyId)
    },
    async destroy(keyId) {
      await db.write(tx => endGrant(tx, clock.now(), keyId))
    },
  }
}

/** Tells devices that poll too often to slow down. */
function unhurried({ clock }: App, adapter: Adapter): Adapter {
  const polls = new RecentMap<number>(10_000)
  return {
    ...adapter,
    async find(name) {
      const found = await adapter.find(name)
      if (!found) return undefined
      const now = clock.now()
      const last = polls.get(name)
      polls.set(name, now)
      if (last !== undefined && now - last < pollMs) throw new errors.SlowDown('poll every five seconds')
      return found
    },
  }
}

const nothing = async () => undefined

const forgetful: Adapter = {
  find: nothing,
  findByUid: nothing,
  findByUserCode: nothing,
  upsert: nothing,
  consume: nothing,
  destroy: nothing,
  revokeByGrantId: nothing,
}
