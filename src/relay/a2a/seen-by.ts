import type { AgentPrincipal } from '../../accounts/principal.ts'

/** An agent as what runs for it later sees with: it gives rights to nothing but what is its own in the relay. */
export const seenBy = (workspaceId: string, agentId: string): AgentPrincipal => ({
  kind: 'agent',
  workspaceId,
  agentId,
  keyId: '',
  environment: 'live',
  scope: {},
  callsPerMinute: null,
  callsPerDay: null,
})
