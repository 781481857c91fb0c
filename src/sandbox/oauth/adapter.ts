import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { OAuthRecord, OAuthRecords } from './records.ts'

/** RFC 8628, 3.5 gives 5 s between polls; a second less, since networks shorten gaps. */
const pollMs = 4000

export type Memory = {
  records: OAuthRecords
  now: () => number
  /** For how long a redeemed refresh token may be redeemed once more: see docs/sandbox.md. */
  reuseWindowMs: number
}

/**
 * oidc-provider's storage, in memory. oidc-provider itself tells the time by the machine's clock; times are turned into
 * those of the sandbox's clock when they are kept and back when they are read, so that a moved clock counts.
 */
export function memoryAdapter({ records, now, reuseWindowMs }: Memory, model: string): Adapter {
  // Nobody stays signed in: who allows an app chooses the account each time.
  if (model === 'Session') return forgetful
  const polls = new Map<string, number>()

  const read = (record: OAuthRecord | undefined): AdapterPayload | undefined => {
    if (!record) return undefined
    const leftS = Math.ceil((record.expiresAtMs - now()) / 1000)
    const payload = { ...record.payload, exp: Math.floor(Date.now() / 1000) + leftS }
    return isSpent(record) ? { ...payload, consumed: 1 } : payload
  }
  const isSpent = ({ consumedAtMs }: OAuthRecord) =>
    consumedAtMs !== undefined && (model !== 'RefreshToken' || now() - consumedAtMs >= reuseWindowMs)

  return {
    async find(id) {
      const record = records.find(model, id)
      if (record && model === 'DeviceCode') waitBetweenPolls(polls, id, now())
      return read(record)
    },
    findByUserCode: async userCode => read(records.findByUserCode(userCode)),
    findByUid: async () => undefined,
    async upsert(id, payload, expiresInS = 0) {
      records.put(model, id, payload, now() + expiresInS * 1000)
    },
    /** Two requests may both have found it unspent: the second to come here is a replay all the same. */
    async consume(id) {
      const record = records.find(model, id)
      if (!record) throw new errors.InvalidGrant('ended meanwhile')
      if (isSpent(record)) {
        records.endGrant(record.payload.grantId)
        throw new errors.InvalidGrant('used already')
      }
      if (record.consumedAtMs === undefined) record.consumedAtMs = now()
      else dropLost(records, record, now())
    },
    destroy: async id => (model === 'Grant' ? records.endGrant(id) : records.remove(model, id)),
    revokeByGrantId: async grantId => records.endGrant(grantId),
  }
}

/** What came of redeeming this token before, and was never used, counts as lost on its way: it ends. */
function dropLost(records: OAuthRecords, { payload }: OAuthRecord, nowMs: number): void {
  const rotations = Number(payload.rotations ?? 0) + 1
  for (const { id, used, payload: next } of records.redeemable(nowMs))
    if (!used && next.grantId === payload.grantId && next.rotations === rotations) records.remove('RefreshToken', id)
}

function waitBetweenPolls(polls: Map<string, number>, id: string, nowMs: number): void {
  const last = polls.get(id)
  polls.set(id, nowMs)
  if (last !== undefined && nowMs - last < pollMs) throw new errors.SlowDown('poll every five seconds')
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
