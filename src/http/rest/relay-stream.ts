import * as z from 'zod'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { lookUntil, stopTopic } from '../../core/look-until.ts'
import type { Place } from '../../core/places.ts'
import type { Box } from '../../relay/box.ts'
import { readMailbox } from '../../relay/messages/read-mailbox.ts'
import { mailboxTopic } from '../../relay/wake.ts'
import { refusal } from '../require-principal.ts'
import { aliveEveryMs, eventStream, streamLastsMs } from './event-stream.ts'
import { after, asBox, deviceHeader, message } from './relay-schemas.ts'
import { type Route, route } from './route.ts'

const atOnce = 10

export const relayStreamRoutes: Route[] = [
  route({
    method: 'get',
    path: '/relay/stream',
    summary: 'What comes into your mailbox, as it comes. Nothing is taken: take and acknowledge it with the inbox.',
    tag: 'relay',
    may: 'relay.use',
    headers: {
      ...deviceHeader,
      'Last-Event-ID': 'The id of the last event that you know, which is its cursor; goes before `after`.',
    },
    query: z.strictObject({ after }),
    bytes: { answer: 'text/event-stream. Each event has the message as its data and the cursor of it as its id.' },
    answer: message,
    run: asked =>
      asBox(asked, async box => {
        const { app, incoming, query } = asked
        if (!incoming.headers.accept?.includes('text/event-stream')) return notAsked()
        const place = app.places.take(box.agentId)
        if (place instanceof Fault) return place
        const known = incoming.headers['last-event-id']
        const from = typeof known === 'string' && /^\d{1,15}$/.test(known) ? known : query.after
        return mailboxStream(app, box, {
          after: from,
          place,
          mayStill: async () => (await refusal(app, 'relay.use', incoming)) === undefined,
        })
      }),
  }),
]

/**
 * A mailbox as server-sent events (HTML Living Standard, 9.2), from a cursor on and then live. Rows are read when the client
 * has taken what was written: one that reads slowly gets them later, and costs no memory.
 */
function mailboxStream(
  app: App,
  box: Box,
  { after: from, place, mayStill }: { after: string | undefined; place: Place; mayStill: () => Promise<boolean> },
): Response {
  let after = from
  let over = false
  const text = new TextEncoder()
  const until = app.clock.now() + streamLastsMs
  const topic = mailboxTopic(box.agentId)
  const stop = () => {
    over = true
  }
  const end = () => {
    over = true
    place.leave()
    app.wakes.off(stopTopic, stop)
    // Whoever waits below looks at it again.
    app.wakes.emit(topic)
  }
  app.wakes.on(stopTopic, stop)
  const body = new ReadableStream<Uint8Array>({
    // So that the client knows at once that it listens.
    start: controller => controller.enqueue(text.encode(': it begins\n\n')),
    async pull(controller) {
      try {
        await give(controller)
      } catch (cause) {
        end()
        throw cause
      }
    },
    cancel: end,
  })

  async function give(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const items = await lookUntil(
      app,
      { topic, waitMs: aliveEveryMs, everyMs: aliveEveryMs, done: seen => over || seen.length > 0 },
      async () => (over ? [] : (await readMailbox(app, box, { after, limit: atOnce })).items),
    )
    if (over || app.clock.now() >= until || !(await mayStill())) {
      end()
      return controller.close()
    }
    app.relay.presence.note(box)
    const events = items.map(each => `id: ${each.cursor}\nevent: message\ndata: ${JSON.stringify(each)}\n\n`)
    after = items.at(-1)?.cursor ?? after
    controller.enqueue(text.encode(events.join('') || ': it goes on\n\n'))
  }
  return eventStream(body)
}

function notAsked(): Fault {
  return new Fault('validation_error', 'This answers with a stream of events, which has no end.', {
    invalidFields: [{ field: 'Accept', problem: 'must be text/event-stream' }],
    fix: 'Send `Accept: text/event-stream`, or poll the inbox.',
  })
}
