import type { AgentPrincipal } from '../../accounts/principal.ts'
import { outsideScope } from '../../accounts/scope.ts'
import type { Tool } from '../../catalog/catalog.ts'
import { Fault } from '../../core/errors.ts'
import type { ConnectionRow } from '../../db/schema.ts'
import { decidePolicy } from './decide-policy.ts'
import type { PolicyDecision, Rule } from './rule.ts'

/** What is asked: a tool, with these arguments, on this connection. */
export type Asked = { tool: Tool; connection: ConnectionRow; args: Record<string, unknown> }

/**
 * Whether this principal may make this call: its workspace and environment, then the scope of its key, then the rules of
 * the workspace. A fault, or what the rules decide: `allow` or `ask`. Pure. Rules hold for agents; the command line acts
 * with the rights of the owner of the data folder.
 */
export function applyPolicy(
  principal: AgentPrincipal,
  { tool, connection, args }: Asked,
  rules: readonly Rule[],
  nowMs: number,
): PolicyDecision | Fault {
  const { workspaceId, environment, scope, agentId, keyId } = principal
  if (connection.workspace_id !== workspaceId || connection.environment !== environment) {
    return new Fault('forbidden', `This key may not use ${connection.label} for ${tool.name}.`)
  }
  const { effect, name, provider } = tool
  const { slug } = provider
  const outside = outsideScope(scope, { effect, provider: slug, tool: name, connection: connection.id })
  if (outside !== undefined) {
    return new Fault('forbidden', `The scope of this key does not include ${outside}.`, {
      fix: 'Use a key whose scope includes it, or ask a member to widen the scope of this one.',
    })
  }
  if (keyId === '') return owner
  const facts = { agentId, provider: slug, tool: name, effect, environment, connectionId: connection.id, args }
  const decided = decidePolicy(rules, facts, nowMs)
  return decided.decision === 'deny' ? denied(decided) : decided
}

const owner: PolicyDecision = { decision: 'allow', rule: null, because: 'The command line is not held by rules.' }

function denied({ rule, because }: PolicyDecision): Fault {
  const fix = rule
    ? `Do not repeat it. An owner or admin can change the rule "${rule.name}".`
    : 'Do not repeat it. An owner or admin can make a rule that allows it.'
  return new Fault('policy_denied', because, { fix })
}
