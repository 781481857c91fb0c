import { authenticate } from '../../accounts/authenticate.ts'
import { isAllowed } from '../../accounts/permissions.ts'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'

/** The agent that a key is of, if it may use the relay. */
export async function mayUse(app: App, key: string | undefined): Promise<AgentPrincipal | Fault> {
  return ifAllowed(await authenticate(app, key))
}

/** The same principal, if it may use the relay. */
export function ifAllowed(principal: AgentPrincipal | Fault): AgentPrincipal | Fault {
  if (principal instanceof Fault || isAllowed(principal, 'relay.use')) return principal
  return new Fault('forbidden', 'This key may not use the relay.', { fix: 'Ask a member for a key that may.' })
}
