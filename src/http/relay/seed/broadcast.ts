import type { AgentPrincipal } from '../../../accounts/principal.ts'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import type { Box } from '../../../relay/box.ts'
import { broadcast as tellSubscribers } from '../../../relay/broadcasts/broadcast.ts'
import { subscribe } from '../../../relay/broadcasts/subscribe.ts'
import { filesTopic } from '../../../relay/files/tell-subscribers.ts'
import type { Requests } from './requests.ts'
import { registeredBox } from './who.ts'

/** There everybody hears everything. */
const everyTopic = '*'

/** What it does not say of itself, it hears nevertheless: of shared files too, which are told of only where somebody listens. */
export async function followAll(app: App, box: Box): Promise<Fault | undefined> {
  for (const topic of [everyTopic, filesTopic]) {
    const done = await subscribe(app, box, { topic })
    if (done instanceof Fault) return done
  }
  return undefined
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
  // The sender hears everything too, and is not shown what it said itself.
  return { status: 'broadcast_sent', message_id: told.id, recipients: Math.max(0, told.recipients - 1) }
}
