import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import type { App } from '../../app.ts'
import { hasGone } from '../../calls/call.ts'
import { Fault } from '../../core/errors.ts'
import type { Box } from '../../relay/box.ts'
import { ackMessages } from '../../relay/messages/ack-messages.ts'
import { awaitMessages } from '../../relay/messages/await-messages.ts'
import { extendMessages } from '../../relay/messages/extend-messages.ts'
import { releaseMessages } from '../../relay/messages/release-messages.ts'
import { wakeWhenGone } from '../relay/wake-when-gone.ts'
import { refusal } from '../require-principal.ts'
import { asBox, deviceHeader, freeText, message } from './relay-schemas.ts'
import { type Route, route } from './route.ts'

const lease = z
  .string()
  .regex(/^[\x20-\x7e]{1,100}$/, 'must be the lease of a message')
  .describe('The `lease` that came with the message.')
const leaseSeconds = z.int().min(1).max(3600).default(60).describe('How long the messages are yours alone.')

const one = <T>(answers: readonly (T | Fault | undefined)[], done: T): T | Fault => answers[0] ?? done

export const relayInboxRoutes: Route[] = [
  route({
    method: 'post',
    path: '/relay/inbox',
    summary: 'Take what is next in your mailbox, or wait for it. What you do not acknowledge in time comes again.',
    tag: 'relay',
    may: 'relay.use',
    headers: deviceHeader,
    body: z.strictObject({
      limit: z.int().min(1).max(100).default(10),
      leaseSeconds,
      waitSeconds: z.number().min(0).max(60).default(0).describe('How long to wait when there is nothing.'),
    }),
    answer: z.object({ items: z.array(message) }),
    run: ({ app, principal, body, incoming }) => asBox({ principal, incoming }, box => poll(app, box, incoming, body)),
  }),
  route({
    method: 'post',
    path: '/relay/inbox/{id}/ack',
    summary: 'You are done with a message: it does not come again.',
    tag: 'relay',
    may: 'relay.use',
    headers: deviceHeader,
    body: z.strictObject({ lease }),
    answer: z.object({ id: z.string() }),
    run: asked => {
      const { id } = asked.params
      return asBox(asked, async box => one(await ackMessages(asked.app, box, [{ id, ...asked.body }]), { id }))
    },
  }),
  route({
    method: 'post',
    path: '/relay/inbox/{id}/extend',
    summary: 'Keep a message for longer.',
    tag: 'relay',
    may: 'relay.use',
    headers: deviceHeader,
    body: z.strictObject({ lease, leaseSeconds }),
    answer: z.object({ leaseUntil: z.string() }),
    run: asked => {
      const held = { id: asked.params.id, lease: asked.body.lease }
      return asBox(asked, async box =>
        one(await extendMessages(asked.app, box, [held], asked.body.leaseSeconds * 1000), { leaseUntil: '' }),
      )
    },
  }),
  route({
    method: 'post',
    path: '/relay/inbox/{id}/release',
    summary: 'Give a message back: it comes again at once, to whoever asks.',
    tag: 'relay',
    may: 'relay.use',
    headers: deviceHeader,
    body: z.strictObject({
      lease,
      problem: freeText.optional().describe('Why, for whoever looks into it.'),
    }),
    answer: z.object({ id: z.string() }),
    run: asked => {
      const { id } = asked.params
      const { problem } = asked.body
      const held = { id, lease: asked.body.lease }
      return asBox(asked, async box => one(await releaseMessages(asked.app, box, [held], { problem }), { id }))
    },
  }),
]

/** Nobody takes messages for a client that is gone: they would wait for the end of a lease that nobody has. */
async function poll(
  app: App,
  box: Box,
  incoming: IncomingMessage,
  { limit, leaseSeconds: seconds, waitSeconds }: { limit: number; leaseSeconds: number; waitSeconds: number },
) {
  const { socket } = incoming
  let refused: Fault | undefined
  const mayStill = async () => {
    refused = await refusal(app, 'relay.use', incoming)
    return refused === undefined
  }
  const times = { leaseMs: seconds * 1000, waitMs: waitSeconds * 1000 }
  const items = await wakeWhenGone(app, { agentId: box.agentId, caller: socket }, () =>
    awaitMessages(app, box, { limit, ...times, gone: hasGone(socket), mayStill }),
  )
  return refused ?? (items instanceof Fault ? items : { items })
}
