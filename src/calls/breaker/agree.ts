import type { Transaction } from 'kysely'
import type { App } from '../../app.ts'
import type { BreakerRow, Schema } from '../../db/schema.ts'
import type { NewEvent } from '../../events/record-event.ts'
import type { ReadyCall } from '../call.ts'
import { type Breaker, closedBreaker } from './breaker.ts'
import { breakerOf, claimProbe, closeRow, endProbe, openRow } from './breaker-rows.ts'
import type { Known } from './known.ts'

export type AgreeParts = Pick<App, 'db' | 'clock' | 'log'> & {
  /** Records an event in a transaction. */
  record(tx: Transaction<Schema>, event: NewEvent): Promise<void>
}

/** How the processes of one ClawLink agree on the state of a breaker. */
export type Agree = {
  /** Tells the others that it is open; not awaited. */
  opened(ready: ReadyCall, key: string, why: { until: number; code: string }): void
  /** Tells them what came of the try; not awaited. `until`: it is open again; none: the provider is well. */
  tried(ready: ReadyCall, key: string, until: number | undefined): void
  /**
   * Whether this call may be the try, the only one of all processes. If not, the entry is as the others have it by now.
   * Throws when the database does not answer.
   */
  claim(ready: ReadyCall, key: string, probing: Breaker & { state: 'half-open' }, nowMs: number): Promise<boolean>
  /** Resolves when everything is written. */
  settled(): Promise<void>
}

export function createAgree({ db, clock, log, record }: AgreeParts, known: Known): Agree {
  let writes = Promise.resolve()

  /** One after the other. What cannot be written holds for this process alone. */
  function write(key: string, run: (tx: Transaction<Schema>) => Promise<void>): void {
    const arrived = known.change(key)
    writes = writes
      .then(() => db.write(run))
      .catch(cause => log.error({ err: cause }, 'a breaker could not be written'))
      .then(arrived)
  }

  return {
    opened({ tool, connection }, key, { until, code }) {
      const { id: subject, workspace_id: workspaceId } = connection
      const facts = { provider: tool.provider.slug, connection: subject, code }
      log.warn({ ...facts, until }, 'a provider is down: calls to it are paused')
      write(key, async tx => {
        const isFirst = await openRow(tx, { key, workspaceId, until, nowMs: clock.now() })
        if (isFirst) await record(tx, { workspaceId, type: 'breaker.opened', subject, facts })
      })
    },
    tried({ tool, connection, call: { id: owner } }, key, until) {
      const { id: subject, workspace_id: workspaceId } = connection
      const facts = { provider: tool.provider.slug, connection: subject }
      write(key, async tx => {
        if (until !== undefined) await endProbe(tx, { key, owner, until, nowMs: clock.now() })
        else if (await closeRow(tx, { key, owner }))
          await record(tx, { workspaceId, type: 'breaker.closed', subject, facts })
      })
    },
    async claim({ call: { id: owner } }, key, probing, nowMs) {
      const entry = known.of(key)
      const before = entry.breaker
      const arrived = known.change(key)
      // From here on no other call of this process tries.
      entry.breaker = probing
      entry.probe = owner
      let found: 'claimed' | BreakerRow | undefined
      try {
        await writes
        found = await db.write(tx => claimProbe(tx, { key, owner, nowMs, until: probing.probeUntil }))
        if (found === 'claimed') return true
        entry.breaker = found ? breakerOf(found, nowMs) : closedBreaker
      } catch (cause) {
        entry.breaker = before
        throw cause
      } finally {
        if (found !== 'claimed') delete entry.probe
        arrived()
      }
      return false
    },
    settled: () => writes,
  }
}
