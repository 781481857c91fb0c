import type { IncomingMessage } from 'node:http'
import { type Actor, personActor } from '../../accounts/audit.ts'
import type { Principal } from '../../accounts/principal.ts'
import { whoami } from '../../accounts/whoami.ts'
import type { App } from '../../app.ts'
import { clientAddress } from '../client-address.ts'

/** Who makes a change, as the audit record names them: the person, or the agent by its name. */
export async function editorOf(
  app: App,
  principal: Principal,
  incoming: IncomingMessage,
): Promise<{ actor: Actor; address: string }> {
  const address = clientAddress(app, incoming)
  if (principal.kind === 'member') return { actor: personActor(principal), address }
  const { agent } = await whoami(app.db, principal)
  return { actor: { kind: 'agent', id: principal.agentId, name: agent?.name ?? '' }, address }
}
