import { relayAgentRoutes } from './relay-agents.ts'
import { relayDeadLetterRoutes } from './relay-dead-letters.ts'
import { relayInboxRoutes } from './relay-inbox.ts'
import { relayMessageRoutes } from './relay-messages.ts'
import { relayTaskRoutes } from './relay-tasks.ts'
import type { Route } from './route.ts'

/** Agents among each other. */
export const relayRoutes: Route[] = [
  ...relayAgentRoutes,
  ...relayMessageRoutes,
  ...relayInboxRoutes,
  ...relayTaskRoutes,
  ...relayDeadLetterRoutes,
]
