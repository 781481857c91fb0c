import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'

/**
 * What a client carries from one round of a call to the next (2026-07-28, multi-round-trip requests): the id of the call
 * or of the connect session, sealed with the agent's as additional data. What was made up, changed or made for another agent does not open.
 */
export function writeRequestState(app: App, principal: AgentPrincipal, id: string): string {
  const { ringVersion, text } = app.vault.seal(subjectOf(principal), new Secret(id))
  return `${ringVersion}.${text}`
}

/** The id, or undefined when the state is not one of ours for this agent. */
export function readRequestState(app: App, principal: AgentPrincipal, state: string): string | undefined {
  const [, ringVersion, text = ''] = /^([1-9][0-9]{0,3})\.([A-Za-z0-9+/=]{1,1000})$/.exec(state) ?? []
  if (ringVersion === undefined) return undefined
  const opened = app.vault.open(subjectOf(principal), { ringVersion: Number(ringVersion), text })
  return opened instanceof Fault ? undefined : opened.reveal()
}

const subjectOf = ({ workspaceId, agentId }: AgentPrincipal) => ({
  workspaceId,
  connectionId: `request state of ${agentId}`,
  version: 1,
})
