import { sql, type Transaction } from 'kysely'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Schema } from '../../db/schema.ts'
import type { Box } from '../box.ts'
import { ofMailbox } from '../queries.ts'
import type { MessageRow } from './message.ts'

/** A message, and the lease that proves that one has it. */
export type Held = { id: string; lease: string }

/** Changes the messages of this mailbox that are held under this lease; gives those that it has changed. */
export type ChangeHeld = (lease: string, ids: string[]) => Promise<Pick<MessageRow, 'id'>[]>

/** A change of those of these messages that this mailbox holds under this lease. Gives the ids of those that it changes. */
export const updateHeld = (tx: Transaction<Schema>, { agentId }: Box, lease: string, ids: readonly string[]) =>
  tx
    .updateTable('relay_messages')
    .where('id', 'in', ids)
    .where(ofMailbox(agentId))
    .where('lease', '=', lease)
    .where('state', '=', sql.lit('waiting'))
    .returning('id')

/**
 * Does the same to each of these, one statement for all of one lease. For each, in order: undefined, or why not.
 */
export async function changeHeld(
  app: App,
  box: Box,
  held: readonly Held[],
  change: ChangeHeld,
): Promise<{ faults: (Fault | undefined)[]; isAny: boolean }> {
  app.relay.presence.note(box)
  // What was never handed out has an empty one, and nobody holds that.
  const byLease = Map.groupBy(
    held.filter(({ lease }) => lease !== ''),
    ({ lease }) => lease,
  )
  const changed = (
    await Promise.all([...byLease].map(([lease, ones]) => change(lease, [...new Set(ones.map(({ id }) => id))])))
  ).flat()
  return { isAny: changed.length > 0, faults: await faultsOf(app, box, held, { changed, again: false }) }
}

/** Of each of these in order why it was not changed, or undefined; also, with `again`, where the same lease has ended it before. */
export async function faultsOf(
  app: App,
  box: Box,
  held: readonly Held[],
  { changed, again }: { changed: readonly { id: string }[]; again: boolean },
): Promise<(Fault | undefined)[]> {
  if (changed.length === held.length) return held.map(() => undefined)
  const done = new Set(changed.map(({ id }) => id))
  const missing = held.filter(({ id }) => !done.has(id))
  const found = missing.length ? await find(app, box, missing) : new Map<string, Found>()
  return held.map(one => (done.has(one.id) ? undefined : why(one, found.get(one.id), again)))
}

type Found = Pick<MessageRow, 'id' | 'state' | 'lease'>

async function find({ db }: App, { agentId }: Box, missing: readonly Held[]): Promise<Map<string, Found>> {
  const rows = await db.read
    .selectFrom('relay_messages')
    .select(['id', 'state', 'lease'])
    .where(
      'id',
      'in',
      missing.map(({ id }) => id),
    )
    .where('mailbox', '=', agentId)
    .execute()
  return new Map(rows.map(row => [row.id, row]))
}

function why({ id, lease }: Held, found: Found | undefined, again: boolean): Fault | undefined {
  if (!found) return new Fault('not_found', `There is no message ${id.slice(0, 100)} in your mailbox.`)
  if (again && found.state === 'done' && found.lease === lease) return undefined
  return new Fault('conflict', `The lease of ${id} is not yours any more.`, {
    fix:
      found.state === 'waiting'
        ? 'It was not acknowledged in time and is handed out again: take it from the inbox anew.'
        : 'Nothing is left to do: it does not wait any more.',
  })
}
