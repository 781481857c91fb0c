import type { AgentPrincipal } from '../accounts/principal.ts'

/** Who acts in the relay: an agent, at one of the places at which it runs. Made of a principal, never of what a request says. */
export type Box = { workspaceId: string; agentId: string; device: string }

/** Without a device of its own naming, a key is one. */
export function boxOf({ workspaceId, agentId, keyId }: AgentPrincipal, device?: string): Box {
  return { workspaceId, agentId, device: device ?? (keyId || 'command line') }
}
