import type { App } from '../../../app.ts'
import { inTurn } from '../../../jobs/in-turn.ts'
import type { JobKind } from '../../../jobs/job.ts'

export const forwardKind = 'a2a_forward'

/** Brings one task to a remote agent and its steps back. Two runs of one task in this process come one after the other. */
export function forwardJob(app: App): JobKind {
  return {
    failuresMax: 12,
    run: inTurn(async subject => {
      const { forwardTask } = await import('./forward-task.ts')
      return forwardTask(app, subject)
    }),
    async dead({ subject }) {
      const { giveUp } = await import('./forward-task.ts')
      await giveUp(app, subject)
    },
  }
}
