import type { App } from '../app.ts'
import { stopTopic } from '../core/look-until.ts'
import { keepTime } from './keep-time.ts'
import { startRelay } from './relay.ts'
import { startWeb } from './web.ts'
import { startWorker } from './worker.ts'

/** While it stops, everybody is told so often that nobody waits: a request may only now begin to. */
const tellEveryMs = 50

export type Running = { url: string | undefined; stop(): Promise<void> }

/** Starts the roles of this process in order. `stop` ends them in reverse order; all of them, even when one fails to. */
export async function startRoles(app: App): Promise<Running> {
  const stops: (() => Promise<void>)[] = [keepTime(app).stop]
  let url: string | undefined
  for (const role of new Set(app.config.roles)) {
    if (role === 'web') {
      stops.push(startRelay(app).stop)
      const web = await startWeb(app)
      url = web.url
      stops.push(web.stop)
    }
    // A folder with SQLite has one server at a time: its lock sees to that.
    if (role === 'worker') stops.push((await startWorker(app, { alone: app.db.dialect === 'sqlite' })).stop)
  }
  return {
    url,
    async stop() {
      const tell = () => void app.wakes.emit(stopTopic)
      tell()
      const telling = setInterval(tell, tellEveryMs)
      for (const stop of stops.reverse())
        await stop().catch(cause => app.log.error({ err: cause }, 'a role did not stop cleanly'))
      clearInterval(telling)
    },
  }
}
