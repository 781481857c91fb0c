import { sql } from 'kysely'
import type { App } from '../../app.ts'
import type { RelayTaskRow } from '../../db/relay-schema.ts'
import { agentsAbleTo, onlineAbilities } from '../agents/discover-agents.ts'
import { commitTask } from './commit-task.ts'
import { lookAgainMs, lookAtTask } from './look-at-task.ts'
import { passOn, whoRejected } from './pass-on.ts'
import { updateMessage } from './task-messages.ts'

const atOnce = 200
const bySystem = { by_kind: 'system' as const, by_id: '' }

/** Looks at every task whose time has come. Gives when the next one's comes, in milliseconds from now; undefined for none. */
export async function lookAtDueTasks(app: App): Promise<number | undefined> {
  for (;;) {
    const rows = await app.db.read
      .selectFrom('relay_tasks')
      .selectAll()
      .where('ended_at', 'is', null)
      .where('next_at', '<=', app.relay.now())
      .orderBy('next_at')
      .limit(atOnce)
      .execute()
    const left = await postponeHopeless(app, rows)
    for (const row of left) await runTask(app, row)
    if (rows.length < atOnce) break
  }
  const next = await app.db.read
    .selectFrom('relay_tasks')
    .select('next_at')
    .where('ended_at', 'is', null)
    .orderBy('next_at')
    .limit(sql.lit(1))
    .executeTakeFirst()
  return next && Math.max(0, next.next_at - app.relay.now())
}

/**
 * Tasks that nobody has and nobody who is online can do are looked at again later, all of them by one statement: there may be
 * any number. Gives the others.
 */
async function postponeHopeless(app: App, rows: readonly RelayTaskRow[]): Promise<RelayTaskRow[]> {
  const now = app.relay.now()
  const unassigned = rows.filter(({ to_agent, deadline_at }) => to_agent === '' && deadline_at > now)
  const byWorkspace = new Map<string, Map<string, Set<string>>>()
  for (const id of new Set(unassigned.map(({ workspace_id }) => workspace_id)))
    byWorkspace.set(id, await onlineAbilities(app, id))
  const hopeless = new Set(
    unassigned.filter(({ workspace_id, capability, from_agent }) =>
      [...(byWorkspace.get(workspace_id) ?? [])].every(
        ([id, abilities]) => id === from_agent || !abilities.has(capability.toLowerCase()),
      ),
    ),
  )
  const ids = [...hopeless].map(({ id }) => id)
  const again = now + lookAgainMs
  if (ids.length)
    await app.db.write(tx =>
      tx
        .updateTable('relay_tasks')
        .set({ next_at: sql<number>`case when deadline_at < ${again} then deadline_at else ${again} end` })
        .where('id', 'in', ids)
        .where('to_agent', '=', '')
        .where('ended_at', 'is', null)
        .execute(),
    )
  return rows.filter(row => !hopeless.has(row))
}

/** Does what a task's times ask for: expires it, gives it to the next, or says when to look again. */
export async function runTask(app: App, row: RelayTaskRow): Promise<void> {
  const now = app.relay.now()
  const look = lookAtTask(row, { nowMs: now, seenAt: await seenAt(app, row.to_agent) })
  if (look === 'expire') return expire(app, row)
  if (look !== 'next') return lookAgain(app, row, look.untilMs)
  const able = await agentsAbleTo(app, row.workspace_id, row.capability)
  const not = [row.to_agent, row.from_agent, ...(await whoRejected(app, row))]
  const others = able.filter(id => !not.includes(id))
  // Nobody else could do it: whoever has the offer keeps it, and what waits for somebody goes on waiting.
  const nobodyElse = others.length === 0 && (row.to_agent === '' || able.includes(row.to_agent))
  if (nobodyElse) return lookAgain(app, row, Math.min(row.deadline_at, now + lookAgainMs))
  await passOn(app, row, { step: row.to_agent ? 'reassign' : 'assign', by: bySystem, said: {} })
}

async function expire(app: App, row: RelayTaskRow): Promise<void> {
  const now = app.relay.now()
  const set = { state: 'expired' as const, ended_at: now, lease_until: 0, next_at: now }
  const after = { ...row, ...set, version: row.version + 1 }
  const from = { agentId: '', device: '' }
  const receivers = new Set([row.reply_to, row.to_agent].filter(Boolean))
  await commitTask(app, row, {
    set,
    step: 'expire',
    by: bySystem,
    said: {},
    messages: [...receivers].map(to => updateMessage(app, after, { to, from, step: 'expire', said: {} })),
    withdraw: true,
  })
}

async function lookAgain({ db }: App, { id, version }: RelayTaskRow, next_at: number): Promise<void> {
  await db.write(tx =>
    tx.updateTable('relay_tasks').set({ next_at }).where('id', '=', id).where('version', '=', version).execute(),
  )
}

async function seenAt({ db, relay }: App, agentId: string): Promise<number> {
  if (!agentId) return 0
  const row = await db.read
    .selectFrom('relay_agents')
    .select(['seen_at', 'left_at'])
    .where('agent_id', '=', agentId)
    .executeTakeFirst()
  // Whoever has left does nothing more, however lately it was heard of.
  if (row?.left_at !== null && row?.left_at !== undefined) return 0
  return Math.max(row?.seen_at ?? 0, relay.presence.seenAt(agentId))
}
