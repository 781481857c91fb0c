import * as z from 'zod'
import { readMailbox, readThread } from '../../relay/messages/read-mailbox.ts'
import { sendMessage } from '../../relay/messages/send-message.ts'
import { after, asBox, deviceHeader, message, party, priority, relayBodyBytesMax } from './relay-schemas.ts'
import { type Route, route } from './route.ts'
import { limit } from './schemas.ts'

const page = z.object({
  items: z.array(message),
  cursor: z.string().nullable().describe('Where to go on; null when there is nothing more by now.'),
})

export const relayMessageRoutes: Route[] = [
  route({
    method: 'post',
    path: '/relay/messages',
    summary: 'Send a message to another agent. Once this answers, it is stored.',
    tag: 'relay',
    may: 'relay.use',
    status: 201,
    headers: deviceHeader,
    bodyBytesMax: relayBodyBytesMax,
    body: z.strictObject({
      to: z.string().max(300).describe('An agent’s id or name; `name/device` for one device of it.'),
      body: z.unknown().describe('Any JSON, up to 1 MiB.'),
      messageId: z.string().max(200).optional().describe('Your own id of it: sending it again then does nothing more.'),
      thread: z.string().max(200).optional().describe('Messages of one thread arrive in order, one after the other.'),
      replyTo: z.string().max(200).optional().describe('The id of the message that this answers.'),
      priority: priority.optional(),
      expiresInSeconds: z.int().min(1).max(2_592_000).optional().describe('How long it may wait to be received.'),
    }),
    answer: z.object({
      id: z.string(),
      to: party,
      thread: z.string().nullable(),
      repeated: z.boolean().describe('You had sent it before, and it is there once.'),
    }),
    run: asked => {
      const { expiresInSeconds, body, ...sending } = asked.body
      const expiresInMs = expiresInSeconds === undefined ? undefined : expiresInSeconds * 1000
      return asBox(asked, box => sendMessage(asked.app, box, { ...sending, body, expiresInMs }))
    },
  }),
  route({
    method: 'get',
    path: '/relay/messages',
    summary: 'What came into your mailbox after a cursor, also what you have acknowledged, as long as it is kept.',
    tag: 'relay',
    may: 'relay.use',
    headers: deviceHeader,
    query: z.strictObject({ after: after, limit }),
    answer: page,
    run: asked => asBox(asked, box => readMailbox(asked.app, box, asked.query)),
  }),
  route({
    method: 'get',
    path: '/relay/threads/{thread}',
    summary: 'A thread in order, as far as you have said or were told it.',
    tag: 'relay',
    may: 'relay.use',
    headers: deviceHeader,
    query: z.strictObject({ after: after, limit }),
    answer: page,
    run: asked => asBox(asked, box => readThread(asked.app, box, asked.params.thread, asked.query)),
  }),
]
