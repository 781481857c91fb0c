import { agentRoutes } from './agents.ts'
import { approvalRoutes } from './approvals.ts'
import { auditRoutes } from './audit.ts'
import { callRoutes } from './calls.ts'
import { connectSessionRoutes } from './connect-sessions.ts'
import { connectionRoutes } from './connections.ts'
import { deliveryRoutes } from './deliveries.ts'
import { endpointRoutes } from './endpoints.ts'
import { eventRoutes } from './events.ts'
import { fileRoutes } from './files.ts'
import { memberRoutes } from './members.ts'
import { oauthAppRoutes } from './oauth-apps.ts'
import { consentRoutes } from './oauth-consent.ts'
import { pairingRoutes } from './pairings.ts'
import { peopleRoutes } from './people.ts'
import { policyRoutes } from './policy.ts'
import { providerRoutes } from './providers.ts'
import { relayRoutes } from './relay.ts'
import { relayBroadcastRoutes } from './relay-broadcasts.ts'
import { relayFileRoutes } from './relay-files.ts'
import { relayRemoteRoutes } from './relay-remotes.ts'
import { relayStreamRoutes } from './relay-stream.ts'
import type { Route } from './route.ts'
import { systemRoutes } from './system.ts'
import { toolRoutes } from './tools.ts'
import { usageRoutes } from './usage.ts'

/** Every REST operation, in the order of the documentation. */
export const restRoutes: readonly Route[] = [
  ...systemRoutes,
  ...peopleRoutes,
  ...memberRoutes,
  ...agentRoutes,
  ...pairingRoutes,
  ...consentRoutes,
  ...toolRoutes,
  ...policyRoutes,
  ...approvalRoutes,
  ...fileRoutes,
  ...callRoutes,
  ...usageRoutes,
  ...providerRoutes,
  ...connectSessionRoutes,
  ...connectionRoutes,
  ...oauthAppRoutes,
  ...eventRoutes,
  ...endpointRoutes,
  ...deliveryRoutes,
  ...relayRoutes,
  ...relayBroadcastRoutes,
  ...relayRemoteRoutes,
  ...relayFileRoutes,
  ...relayStreamRoutes,
  ...auditRoutes,
]
