import type { Role } from '../db/schema.ts'
import type { Scope } from './scope.ts'

/** Who is asking, in a workspace. Everything that may be reached derives from this, never from what a request says of itself. */
export type Principal = AgentPrincipal | MemberPrincipal

export type AgentPrincipal = {
  kind: 'agent'
  workspaceId: string
  agentId: string
  /** Empty for the command line, which acts with the rights of whoever may read the data folder. */
  keyId: string
  /** A live key uses live connections only, a test key test connections only. */
  environment: Environment
  scope: Scope
  callsPerMinute: number | null
  callsPerDay: number | null
}

/** What a principal sees and uses: a key as far as its scope, a member all of the workspace. */
export const scopeOf = (principal: Principal): Scope => (principal.kind === 'agent' ? principal.scope : {})

/** The id of who is asking: the agent's, whichever key it uses, or the person's. */
export const idOf = (principal: Principal): string =>
  principal.kind === 'agent' ? principal.agentId : principal.personId

/** A person who is signed in, in no workspace yet. */
export type PersonPrincipal = { personId: string; name: string; email: string; sessionId: string }

/** A person in a workspace. */
export type MemberPrincipal = PersonPrincipal & {
  kind: 'member'
  workspaceId: string
  role: Role
  environment: Environment
}

export type Environment = 'live' | 'test'

/** Where a request came from, for sessions and the audit record. */
export type Origin = { address: string; client: string }
