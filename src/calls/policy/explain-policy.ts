import type { Environment } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { connectionsOf, pickConnection } from '../../connections/pick-connection.ts'
import { Fault } from '../../core/errors.ts'
import { findTool } from '../find-tool.ts'
import { decidePolicy } from './decide-policy.ts'
import { matchRule } from './match-rule.ts'
import type { CallFacts, PolicyDecision, Rule } from './rule.ts'
import { rulesOf } from './rules-of.ts'

export type PolicyQuestion = {
  /** Id of the agent that would call. */
  agentId?: string | undefined
  tool: string
  arguments: Record<string, unknown>
  /** Id or label. */
  connection?: string | undefined
  environment?: Environment | undefined
}

export type PolicyStep = { rule: { id: string; name: string }; matched: boolean; why: string }

/** `notes`: what is not as it would be in a real call. */
export type PolicyExplanation = PolicyDecision & { steps: PolicyStep[]; notes: string[] }

/**
 * What the rules of a workspace would decide about a call, and why, rule by rule. Calls nothing. Arguments that a call would
 * refuse are judged as they are, and a note says so. What a key may do at all is not asked here.
 */
export async function explainPolicy(
  app: App,
  workspaceId: string,
  asked: PolicyQuestion,
): Promise<PolicyExplanation | Fault> {
  const tool = findTool(app.catalog, asked.tool)
  if (tool instanceof Fault) return tool
  const { environment = 'live', agentId = '' } = asked
  if (agentId !== '' && !(await isAgent(app, workspaceId, agentId))) {
    return new Fault('not_found', `There is no agent "${agentId}" in this workspace.`)
  }
  const provider = tool.provider.slug
  const rows = await connectionsOf(app, workspaceId, provider)
  const principal = { environment, scope: {} }
  const connection = pickConnection(rows, { provider, requested: asked.connection, principal })
  if (connection instanceof Fault && asked.connection !== undefined) return connection
  const valid = app.validator.validate(tool, asked.arguments)
  const facts: CallFacts = {
    agentId,
    provider,
    tool: tool.name,
    effect: tool.effect,
    environment,
    connectionId: connection instanceof Fault ? '' : connection.id,
    args: valid instanceof Fault ? asked.arguments : valid.args,
  }
  const now = app.clock.now()
  const rules = await rulesOf(app, workspaceId)
  const notes = [
    ...(agentId === '' ? ['No agent is named, so rules about certain agents do not match.'] : []),
    ...(connection instanceof Fault ? [`No connection is chosen: ${connection.message}`] : []),
    ...(valid instanceof Fault ? [`Such a call would be refused before any rule: ${valid.message}`] : []),
  ]
  return { ...decidePolicy(rules, facts, now), steps: stepsOf(rules, facts, now), notes }
}

/** Rule by rule, as far as they are tried. Pure. */
export function stepsOf(rules: readonly Rule[], facts: CallFacts, nowMs: number): PolicyStep[] {
  const tried = rules.map(rule => matchRule(rule, facts, nowMs))
  const first = tried.findIndex(({ matched }) => matched)
  return rules.map(({ id, name }, i) => {
    const { matched, why } = tried[i] ?? { matched: false, why: '' }
    const isTried = first < 0 || i <= first
    return isTried
      ? { rule: { id, name }, matched, why }
      : { rule: { id, name }, matched: false, why: 'Not tried: a rule before it decides.' }
  })
}

async function isAgent(app: App, workspaceId: string, id: string): Promise<boolean> {
  const found = await app.db.read
    .selectFrom('agents')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  return found !== undefined
}
