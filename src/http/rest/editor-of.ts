import type { IncomingMessage } from 'node:http'
import { type Actor, type By, personActor } from '../../accounts/audit.ts'
import type { MemberPrincipal, Principal } from '../../accounts/principal.ts'
import { whoami } from '../../accounts/whoami.ts'
import type { App } from '../../app.ts'
import { clientAddress } from '../client-address.ts'

/** Who makes a change, as the audit record names them: the person, or the agent by its name. */
export async function editorOf(app: App, principal: Principal, incoming: IncomingMessage): Promise<By> {
  if (principal.kind === 'member') return personEditor(app, principal, incoming)
  const { agent } = await whoami(app.db, principal)
  const actor: Actor = { kind: 'agent', id: principal.agentId, name: agent?.name ?? '' }
  return { actor, address: clientAddress(app, incoming) }
}

/** The same of what only members do. */
export const personEditor = (app: App, principal: MemberPrincipal, incoming: IncomingMessage): By => ({
  actor: personActor(principal),
  address: clientAddress(app, incoming),
})
