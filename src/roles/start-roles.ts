import type { App } from '../app.ts'
import { startWeb } from './web.ts'

export type Running = { url: string | undefined; stop(): Promise<void> }

/** Starts the roles of this process in order. `stop` ends them in reverse order; all of them, even when one fails to. */
export async function startRoles(app: App): Promise<Running> {
  const stops: (() => Promise<void>)[] = []
  let url: string | undefined
  for (const role of new Set(app.config.roles)) {
    if (role === 'web') {
      const web = await startWeb(app)
      url = web.url
      stops.push(web.stop)
    }
  }
  return {
    url,
    async stop() {
      for (const stop of stops.reverse())
        await stop().catch(cause => app.log.error({ err: cause }, 'a role did not stop cleanly'))
    },
  }
}
