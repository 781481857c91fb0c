import * as z from 'zod'
import { boxOf } from '../../relay/box.ts'
import { broadcast } from '../../relay/broadcasts/broadcast.ts'
import { listSubscriptions } from '../../relay/broadcasts/list-subscriptions.ts'
import { listTopics } from '../../relay/broadcasts/list-topics.ts'
import { readBroadcasts } from '../../relay/broadcasts/read-broadcasts.ts'
import { subscribe } from '../../relay/broadcasts/subscribe.ts'
import { unsubscribe } from '../../relay/broadcasts/unsubscribe.ts'
import { asBox, deviceHeader, next, party, relayBodyBytesMax } from './relay-schemas.ts'
import { type Route, route } from './route.ts'

const topic = z.string().max(100)
const tags = z.array(z.string().max(100)).max(50)

const subscription = z.object({
  topic: z.string(),
  tags: z.array(z.string()).describe('Of which one must be there; empty for every broadcast of the topic.'),
  createdAt: z.string(),
})

const state = z
  .enum(['sending', 'sent'])
  .describe('`sending` while some of very many subscribers still have to get their copy, which goes on by itself.')
const recipients = z.number().describe('How many subscribers have a copy, so far.')
const refused = z
  .number()
  .describe('How many subscribers have none, since their mailbox is full. They can read it in the log.')

export const relayBroadcastRoutes: Route[] = [
  route({
    method: 'post',
    path: '/relay/broadcasts',
    summary: 'Tell everybody who subscribes to a topic: one copy each.',
    tag: 'relay',
    may: 'relay.use',
    status: 201,
    headers: deviceHeader,
    bodyBytesMax: relayBodyBytesMax,
    body: z.strictObject({
      topic,
      content: z.unknown().describe('Any JSON.'),
      tags: tags.optional(),
      messageId: z.string().max(200).optional().describe('Your own id of it: sent again, it does nothing more.'),
    }),
    answer: z.object({
      id: z.string(),
      topic: z.string(),
      state,
      recipients,
      refused,
      repeated: z.boolean().describe('It was there already, under your messageId.'),
    }),
    run: asked => asBox(asked, box => broadcast(asked.app, box, { ...asked.body, content: asked.body.content })),
  }),
  route({
    method: 'get',
    path: '/relay/broadcasts',
    summary: 'The log of what was broadcast, newest first; search it by text.',
    tag: 'relay',
    may: 'relay.read',
    query: z.strictObject({
      topic: topic.optional(),
      tag: topic.optional(),
      text: z.string().max(500).optional().describe('Words that all have to be somewhere in it.'),
      next,
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
    answer: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          from: party.extend({ device: z.string() }).nullable().describe('Null for ClawLink itself.'),
          topic: z.string(),
          tags: z.array(z.string()),
          content: z.unknown(),
          state,
          recipients,
          refused,
          createdAt: z.string(),
        }),
      ),
      next: z
        .string()
        .nullable()
        .describe('Leads on, also when nothing is in `items`: a search looks at some at a time. Null at the end.'),
    }),
    run: ({ app, principal, query: { next, ...filter } }) => readBroadcasts(app, principal, { ...filter, after: next }),
  }),
  route({
    method: 'get',
    path: '/relay/topics',
    summary: 'The topics that there are: those with the latest broadcast first.',
    tag: 'relay',
    may: 'relay.read',
    answer: z.object({
      items: z.array(
        z.object({
          topic: z.string(),
          subscribers: z.number(),
          broadcasts: z.number().describe('How many can be read.'),
          lastAt: z.string().nullable(),
        }),
      ),
    }),
    run: async ({ app, principal }) => ({ items: await listTopics(app, principal.workspaceId) }),
  }),
  route({
    method: 'get',
    path: '/relay/subscriptions',
    summary: 'The topics that you subscribe to.',
    tag: 'relay',
    may: 'relay.use',
    answer: z.object({ items: z.array(subscription) }),
    run: async ({ app, principal }) => ({ items: await listSubscriptions(app, boxOf(principal)) }),
  }),
  route({
    method: 'put',
    path: '/relay/subscriptions/{topic}',
    summary: 'Subscribe to a topic, or change of which tags.',
    tag: 'relay',
    may: 'relay.use',
    headers: deviceHeader,
    body: z.strictObject({ tags: tags.default([]).describe('Only what has one of these; everything when empty.') }),
    answer: subscription,
    run: asked => asBox(asked, box => subscribe(asked.app, box, { ...asked.params, ...asked.body })),
  }),
  route({
    method: 'delete',
    path: '/relay/subscriptions/{topic}',
    summary: 'Unsubscribe from a topic. What has come already stays.',
    tag: 'relay',
    may: 'relay.use',
    answer: z.object({ topic: z.string() }),
    headers: deviceHeader,
    run: asked => asBox(asked, box => unsubscribe(asked.app, box, asked.params.topic)),
  }),
]
