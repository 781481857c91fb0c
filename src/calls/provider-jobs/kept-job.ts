import type { App } from '../../app.ts'
import type { ProviderJob } from '../../catalog/define.ts'
import type { CallRow } from '../../db/schema.ts'
import type { Effort } from '../call.ts'
import { openKept } from '../open-kept.ts'

/** What is kept, sealed, of work that a provider has begun: how to ask about it, and what it took so far. */
export type KeptJob = { args: Record<string, unknown>; submittedAt: number; effort: Effort }

const dayMs = 24 * 60 * 60 * 1000

export const keptJobId = (callId: string) => `${callId}:job`

/** How long the provider is asked about it, from its submission on. */
export const followedMs = ({ withinS }: ProviderJob) => (withinS === undefined ? dayMs : withinS * 1000)

/** How long it is kept: a worker that was away for a while still finds it, and ends the call. */
export const answerableMs = (job: ProviderJob) => followedMs(job) + 30 * dayMs

/** Undefined when it is not kept any more, or does not open. */
export const keptJob = (app: App, row: CallRow) => openKept<KeptJob>(app, row, keptJobId(row.id))
