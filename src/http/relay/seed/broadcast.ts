import type { AgentPrincipal } from '../../../accounts/principal.ts'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import type { Box } from '../../../relay/box.ts'
import { broadcast as tellSubscribers } from '../../../relay/broadcasts/broadcast.ts'
import { listSubscriptions } from '../../../relay/broadcasts/list-subscriptions.ts'
import { subscribe } from '../../../relay/broadcasts/subscribe.ts'
import { everyTopic, wantsTags } from '../../../relay/broadcasts/topic.ts'
import type { Requests } from './requests.ts'
import { registeredBox } from './who.ts'

/** There everybody hears everything. */
export async function followAll(app: App, box: Box): Promise<Fault | undefined> {
  const done = await subscribe(app, box, { topic: everyTopic })
  return done instanceof Fault ? done : undefined
}

export async function broadcast(
  app: App,
  principal: AgentPrincipal,
  { from_agent, content, topic, tags }: Requests['broadcast'],
) {
  const box = await registeredBox(app, principal, from_agent)
  if (box instanceof Fault) return box
  const told = await tellSubscribers(app, box, { topic, content, tags })
  if (told instanceof Fault) return told
  // A sender that follows it gets a copy too, and is not shown what it said itself.
  const own = (await listSubscriptions(app, box)).some(
    each => [topic, everyTopic].includes(each.topic) && wantsTags(each.tags, tags),
  )
  const recipients = Math.max(0, told.recipients - (own ? 1 : 0))
  return { status: 'broadcast_sent', message_id: told.id, recipients }
}
