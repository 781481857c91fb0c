import type { App } from '../../app.ts'
import { inTurn } from '../../jobs/in-turn.ts'
import type { JobKind } from '../../jobs/job.ts'

/** Two runs of one subject in this process come one after the other. */
export function pushJob(app: App): JobKind {
  return {
    failuresMax: 15,
    run: inTurn(async subject => {
      const { deliverPush } = await import('./deliver-push.ts')
      return deliverPush(app, subject)
    }),
  }
}
