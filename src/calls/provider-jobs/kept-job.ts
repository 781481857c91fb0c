import type { App } from '../../app.ts'
import type { ProviderJob } from '../../catalog/define.ts'
import { Fault } from '../../core/errors.ts'
import type { CallRow } from '../../db/schema.ts'
import { openSeal } from '../../vault/sealed-rows.ts'
import type { Effort } from '../call.ts'

/** What is kept, sealed, of work that a provider has begun: how to ask about it, and what it took so far. */
export type KeptJob = { args: Record<string, unknown>; submittedAt: number; effort: Effort }

const dayMs = 24 * 60 * 60 * 1000

export const keptJobId = (callId: string) => `${callId}:job`

/** How long the provider is asked about it, from its submission on. */
export const followedMs = ({ withinS }: ProviderJob) => (withinS === undefined ? dayMs : withinS * 1000)

/** How long it is kept: a worker that was away for a while still finds it, and ends the call. */
export const answerableMs = (job: ProviderJob) => followedMs(job) + 30 * dayMs

export async function keptJob(app: App, { id, workspace_id }: CallRow): Promise<KeptJob | undefined> {
  const row = await app.db.read
    .selectFrom('seals')
    .selectAll()
    .where('id', '=', keptJobId(id))
    .where('workspace_id', '=', workspace_id)
    .executeTakeFirst()
  const opened = row && openSeal(app.vault, row)
  return !opened || opened instanceof Fault ? undefined : JSON.parse(opened.reveal()) // as it was sealed here
}
