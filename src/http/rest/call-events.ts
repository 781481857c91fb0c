import { idOf, type Principal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { awaitCall } from '../../calls/await-call.ts'
import type { CallProgress } from '../../calls/get-call.ts'
import { Fault } from '../../core/errors.ts'
import { stopTopic } from '../../core/look-until.ts'
import { aliveEveryMs, eventStream, streamLastsMs } from './event-stream.ts'

/**
 * How far a call is, as server-sent events (HTML Living Standard, 9.2): `progress` at once and whenever it changes, and
 * `end` with how it ended, after which nothing follows. `view` makes an event's data; whoever `mayStill` not see it, since
 * the key was revoked or the session ended, hears nothing more. `gone`: the client has hung up. A fault when this principal
 * waits at too many places already.
 */
export async function callEvents(
  app: App,
  principal: Principal,
  id: string,
  {
    view,
    mayStill,
    gone,
  }: { view: (seen: CallProgress) => unknown; mayStill: () => Promise<boolean>; gone: () => boolean },
): Promise<Response | Fault> {
  const first = await awaitCall(app, principal, { id, waitMs: 0 })
  if (first instanceof Fault) return first
  const place = app.places.take(idOf(principal))
  if (place instanceof Fault) return place
  let over = false
  const text = new TextEncoder()
  const stop = () => {
    over = true
  }
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const say = (words: string) => over || controller.enqueue(text.encode(`${words}\n\n`))
      let last = ''
      const onChange = async (seen: CallProgress) => {
        if (!(await mayStill())) over = true
        const name = seen.state === 'ended' ? 'end' : 'progress'
        const event = `event: ${name}\ndata: ${JSON.stringify(view(seen))}`
        if (event !== last) say(event)
        last = event
        if (name === 'end') over = true
      }
      const until = app.clock.now() + streamLastsMs
      const waiting = { id, waitMs: aliveEveryMs, onChange, hasPlace: true, gone: () => over || gone() }
      app.wakes.on(stopTopic, stop)
      try {
        while (!over && app.clock.now() < until) {
          const seen = await awaitCall(app, principal, waiting)
          if (seen instanceof Fault || gone() || !(await mayStill())) break
          say(': it goes on')
        }
      } finally {
        app.wakes.off(stopTopic, stop)
        place.leave()
        over = true
        controller.close()
      }
    },
    cancel: stop,
  })
  return eventStream(body)
}
