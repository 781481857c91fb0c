import type { Tool } from '../../catalog/catalog.ts'
import type { ConnectionRow } from '../../db/schema.ts'
import { accountOf } from '../account-key.ts'
import type { ReadyCall } from '../call.ts'
import { type Bucket, openBucket } from './bucket.ts'
import type { Said } from './hear.ts'
import { limitsOf, ownName, specOf } from './limits-of.ts'
import type { Plan } from './waiting.ts'
import { usedAt } from './window.ts'

/** The limits that this process knows of, and which of them count a call. */
export type Buckets = {
  /** What a call takes from. Undefined where nothing limits it. */
  planOf(ready: ReadyCall, nowMs: number): Plan | undefined
  /** Which limits the provider spoke of. Those that no fact states begin to be known by that. */
  about(ready: ReadyCall, said: Said): Bucket[]
  /** The provider refused this tool of this account. A shorter hold takes nothing from a longer one. */
  hold(ready: ReadyCall, until: number): void
  heldUntil(hold: string): number
  /** Those that hold a share, or have something to tell. */
  inUse(): ReadonlySet<Bucket>
  use(bucket: Bucket): void
  rest(bucket: Bucket): void
  of(connectionId: string): Bucket[]
  /** Forgets what counts nothing any more. */
  forget(nowMs: number): void
}

/** `limits`: those of its buckets that a fact states. */
type Planned = { changes: number; limits: readonly Bucket[]; plan: Plan }

export function createBuckets(): Buckets {
  const known = new Map<string, Bucket>()
  const inUse = new Set<Bucket>()
  // Of what no fact states: by account, or by account and tool.
  const heard = new Map<string, { bucket: Bucket; tools: readonly string[] | undefined }[]>()
  const holds = new Map<string, number>()
  const ofConnections = new Map<string, Set<Bucket>>()
  // What counts the calls of a tool by a connection, as long as no other limit is heard of and none is forgotten.
  const plans = new WeakMap<ConnectionRow, Map<Tool, Planned>>()
  let changes = 0

  function stated(tool: Tool, connection: ConnectionRow): Bucket[] {
    return limitsOf(tool).flatMap(limit => {
      const spec = specOf(limit, tool, connection)
      if (!spec) return []
      const bucket = known.get(spec.id) ?? openBucket(spec.id, spec, spec.name)
      known.set(spec.id, bucket)
      return bucket
    })
  }

  function heardFor(tool: Tool, account: string, hold: string): Bucket[] {
    const own = ownName(tool)
    return [...(heard.get(account) ?? []), ...(heard.get(hold) ?? [])].flatMap(({ bucket, tools }) =>
      !tools || tools.includes(own) ? bucket : [],
    )
  }

  function planFor(tool: Tool, connection: ConnectionRow): Planned {
    const ofTools = plans.get(connection) ?? new Map<Tool, Planned>()
    const found = ofTools.get(tool)
    if (found?.changes === changes) return found
    const account = accountOf(tool, connection)
    const hold = `${account} ${tool.name}`
    const limits = stated(tool, connection)
    const buckets = [...limits, ...heardFor(tool, account, hold)]
    const planned = { changes, limits, plan: { account, tool: tool.name, hold, buckets } }
    plans.set(connection, ofTools.set(tool, planned))
    if (buckets.length) note(connection.id, buckets)
    return planned
  }

  function note(connectionId: string, buckets: readonly Bucket[]): void {
    const noted = ofConnections.get(connectionId) ?? new Set()
    for (const bucket of buckets) noted.add(bucket)
    ofConnections.set(connectionId, noted)
  }

  return {
    planOf({ tool, connection }, nowMs) {
      if (heard.size === 0 && holds.size === 0 && limitsOf(tool).length === 0) return undefined
      const { plan } = planFor(tool, connection)
      const until = holds.size ? holds.get(plan.hold) : undefined
      if (until !== undefined && until <= nowMs) holds.delete(plan.hold)
      return plan.buckets.length || holds.has(plan.hold) ? plan : undefined
    },

    about({ tool, connection }, { fact, named }) {
      const { limits, plan } = planFor(tool, connection)
      if (fact?.limit !== undefined) return limits.filter(({ name }) => name === fact.limit)
      const same = named === undefined ? [] : limits.filter(({ name }) => name === named)
      if (same.length) return same
      if (fact?.tools && !fact.tools.includes(ownName(tool))) return []
      // A name that no fact knows may be that of this kind of request alone.
      const whose = fact && !fact.each && named === undefined ? plan.account : plan.hold
      const id = `heard ${named ?? (fact ? wordOf(fact) : 'standard')} ${whose}`.slice(0, 500)
      const bucket = known.get(id) ?? openBucket(id, { requests: 0, windowMs: 0 }, named)
      if (!known.has(id)) {
        known.set(id, bucket)
        heard.set(whose, [...(heard.get(whose) ?? []), { bucket, tools: fact?.tools }])
        changes += 1
        note(connection.id, [bucket])
      }
      return [bucket]
    },

    hold({ tool, connection }, until) {
      const hold = `${accountOf(tool, connection)} ${tool.name}`
      holds.set(hold, Math.max(until, holds.get(hold) ?? 0))
    },
    heldUntil: hold => (holds.size ? (holds.get(hold) ?? 0) : 0),
    inUse: () => inUse,
    use: bucket => void inUse.add(bucket),
    rest: bucket => void inUse.delete(bucket),
    of: connectionId => [...(ofConnections.get(connectionId) ?? [])],

    forget(nowMs) {
      for (const [hold, until] of holds) if (until <= nowMs) holds.delete(hold)
      for (const [id, bucket] of known) {
        const { window, budget } = bucket
        if (inUse.has(bucket) || bucket.waiting || (window && usedAt(window, nowMs) > 0)) continue
        if (budget && budget.until > nowMs) continue
        known.delete(id)
        changes += 1
        for (const [whose, list] of heard) {
          const rest = list.filter(each => each.bucket !== bucket)
          if (rest.length) heard.set(whose, rest)
          else heard.delete(whose)
        }
        for (const [connectionId, noted] of ofConnections)
          if (noted.delete(bucket) && !noted.size) ofConnections.delete(connectionId)
      }
    },
  }
}

/** Tells facts of one provider apart. */
function wordOf(fact: NonNullable<Said['fact']>): string {
  if (fact.kind === 'plain') return fact.left
  return fact.kind === 'ratio' ? fact.header : 'cost'
}
