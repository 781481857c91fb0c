import type { Transaction } from 'kysely'
import type { App } from '../../../app.ts'
import type { A2aRemoteRow } from '../../../db/a2a-schema.ts'
import type { Schema } from '../../../db/schema.ts'
import type { JobKind } from '../../../jobs/job.ts'
import { ackMessages } from '../../messages/ack-messages.ts'
import { claimMessages } from '../../messages/claim-messages.ts'
import type { Message } from '../../messages/message.ts'
import { releaseMessages } from '../../messages/release-messages.ts'
import { mailboxTopic } from '../../wake.ts'
import { runSoon } from '../run-soon.ts'
import { forwardKind } from './forward-job.ts'
import { boxOfRemote, remotesKind } from './remote.ts'

/** Mailboxes are looked at so often when nobody says that there may be something. */
const lookEveryMs = 5_000
const noneEveryMs = 60_000
const atOnce = 50
const leaseMs = 60_000

/** Takes what is in the mailboxes of remote agents, and sees that it is brought to them. */
export function remotesJob(app: App): JobKind {
  const listening = new Set<string>()
  const hurry = () => {
    app.db
      .write(tx => runSoon(app, tx, { workspaceId: '', kind: remotesKind, subject: '' }))
      .catch(cause => app.log.warn({ err: cause }, 'remote agents could not be told at once'))
  }
  return {
    failuresMax: Number.POSITIVE_INFINITY,
    async run({ id }) {
      const rows = await app.db.read.selectFrom('a2a_remotes').selectAll().execute()
      const removed = listening.difference(new Set(rows.map(row => row.agent_id)))
      for (const agentId of removed) {
        app.wakes.off(mailboxTopic(agentId), hurry)
        listening.delete(agentId)
      }
      for (const row of rows) {
        if (!listening.has(row.agent_id)) app.wakes.on(mailboxTopic(row.agent_id), hurry)
        listening.add(row.agent_id)
        await empty(app, row)
      }
      // What was added beside the one that runs for ever: somebody was told something while that one ran.
      if (id !== `job_${remotesKind}`) return 'done'
      return { againAt: app.clock.now() + (rows.length ? lookEveryMs : noneEveryMs) }
    },
  }
}

async function empty(app: App, row: A2aRemoteRow): Promise<void> {
  const box = boxOfRemote(row)
  for (;;) {
    const messages = await claimMessages(app, box, { limit: atOnce, leaseMs })
    for (const message of messages) {
      const held = [{ id: message.id, lease: message.lease ?? '' }]
      if (await pass(app, box, message)) await ackMessages(app, box, held)
      else await releaseMessages(app, box, held, { problem: 'A remote agent takes tasks only.' })
    }
    if (!messages.length) return
  }
}

/** False for what A2A has no place for. */
async function pass(
  app: App,
  { workspaceId, agentId }: { workspaceId: string; agentId: string },
  { kind, taskId }: Message,
): Promise<boolean> {
  if ((kind !== 'task' && kind !== 'task_update') || !taskId) return false
  await app.db.write(async tx => {
    if (kind === 'task') await begin(app, tx, { workspaceId, agentId, taskId })
    await runSoon(app, tx, { workspaceId, kind: forwardKind, subject: taskId })
  })
  return true
}

/** A task goes out to the remote agent that has it now, and from its beginning: another one may have had it before. */
async function begin(
  app: App,
  tx: Transaction<Schema>,
  { workspaceId, agentId, taskId }: { workspaceId: string; agentId: string; taskId: string },
): Promise<void> {
  const task = await tx.selectFrom('relay_tasks').select('to_agent').where('id', '=', taskId).executeTakeFirst()
  if (task?.to_agent !== agentId) return
  const anew = {
    agent_id: agentId,
    remote_id: '',
    state: 'waiting' as const,
    message_id: '',
    told_version: 0,
    seen: '',
    seen_at: app.clock.now(),
  }
  await tx
    .insertInto('a2a_sent')
    .values({ task_id: taskId, workspace_id: workspaceId, ...anew })
    .onConflict(on => on.column('task_id').doUpdateSet(anew).where('a2a_sent.agent_id', '!=', agentId))
    .execute()
}
