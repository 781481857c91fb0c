import { AgentCard } from '@a2a-js/sdk'
import type { Transaction } from 'kysely'
import { isAgentName } from '../../../accounts/agent-name.ts'
import { type By, recordAudit } from '../../../accounts/audit.ts'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import { newId } from '../../../core/ids.ts'
import type { Secret } from '../../../core/secret.ts'
import type { A2aRemoteRow } from '../../../db/a2a-schema.ts'
import type { Schema } from '../../../db/schema.ts'
import { checkUrl } from '../../../events/endpoint.ts'
import { registerAgent } from '../../agents/register-agent.ts'
import { runSoon } from '../run-soon.ts'
import { boxOfRemote, putToken, type RemoteAgent, remotesKind } from './remote.ts'
import { fetchCard, remoteClient } from './remote-client.ts'

export type NewRemote = {
  /** Of its card, or of where it answers: then its card is below that. */
  url: string
  /** Shown to it as a bearer token. */
  token?: Secret | undefined
  /** What it is called here; otherwise as its card says. */
  name?: string | undefined
}

const cardBytesMax = 256 * 1024
const wordsMax = 100

/**
 * Adds an agent elsewhere that speaks A2A, or reads the card of one anew. From then on tasks are delegated to it by its name
 * as to any other. Faults: `validation_error` where its URL or card cannot be used, `conflict` where its name is taken.
 */
export async function addRemote(
  app: App,
  workspaceId: string,
  { url: text, token, name: wanted }: NewRemote,
  by: By,
): Promise<RemoteAgent | Fault> {
  const base = checkUrl(app.config, text)
  if (base instanceof Fault) return base
  const url = cardUrl(base)
  const card = await usableCard(app, url, token)
  if (card instanceof Fault) return card
  const name = (wanted ?? card.name).trim()
  if (!isAgentName(name))
    return unusable('It has no name of 1 to 80 printable characters.', 'Name it yourself, in `name`.')
  const now = app.clock.now()
  const stored = await app.db.write(async tx => {
    const known = await tx
      .selectFrom('agents')
      .leftJoin('a2a_remotes', 'a2a_remotes.agent_id', 'agents.id')
      .select(['agents.id', 'a2a_remotes.card_url', 'a2a_remotes.created_at'])
      .where('agents.workspace_id', '=', workspaceId)
      .where('agents.name', '=', name)
      .executeTakeFirst()
    if (known && known.card_url !== url && !(known.card_url === null && (await wasRemote(tx, known.id))))
      return undefined
    const row: A2aRemoteRow = {
      agent_id: known?.id ?? newId('agt', now),
      workspace_id: workspaceId,
      card_url: url,
      card: JSON.stringify(AgentCard.toJSON(card)),
      created_at: known?.created_at ?? now,
    }
    if (!known)
      await tx
        .insertInto('agents')
        .values({ id: row.agent_id, workspace_id: workspaceId, name, created_at: now, created_by: '' })
        .execute()
    await tx
      .insertInto('a2a_remotes')
      .values(row)
      .onConflict(on => on.column('agent_id').doUpdateSet({ card: row.card }))
      .execute()
    await putToken(app, tx, { workspaceId, agentId: row.agent_id }, token)
    await runSoon(app, tx, { workspaceId: '', kind: remotesKind, subject: '' })
    await recordAudit(tx, now, {
      workspaceId,
      ...by,
      action: 'remote_agent.added',
      target: row.agent_id,
      details: { name, host: new URL(url).host },
    })
    return row
  })
  if (!stored)
    return new Fault('conflict', `There is another agent called ${name}.`, {
      fix: 'Choose another `name` for this one.',
    })
  const registered = await registerAgent(app, boxOfRemote(stored), {
    capabilities: wordsOf(card.skills.map(skill => skill.name || skill.id)),
    accepts: wordsOf(card.defaultInputModes),
    description: card.description.slice(0, 4000),
    machine: new URL(url).host,
  })
  if (registered instanceof Fault) return registered
  const addedAt = new Date(stored.created_at).toISOString()
  return { id: stored.agent_id, name, url, hasToken: token !== undefined, addedAt }
}

/** Whether an agent that is none elsewhere any more was one: every other has a key, or had one. */
async function wasRemote(tx: Transaction<Schema>, agentId: string): Promise<boolean> {
  const key = await tx.selectFrom('keys').select('id').where('agent_id', '=', agentId).limit(1).executeTakeFirst()
  return key === undefined
}

/** Its card, if it can be used: its interfaces are where it may be reached, and its credential goes to its own host alone. */
async function usableCard(app: App, url: string, token: Secret | undefined): Promise<AgentCard | Fault> {
  try {
    const card = await fetchCard(app, url, token)
    if (JSON.stringify(AgentCard.toJSON(card)).length > cardBytesMax) return unusable('Its card is too large.')
    for (const each of card.supportedInterfaces) {
      const reached = checkUrl(app.config, each.url)
      if (reached instanceof Fault)
        return unusable(`Its card names an address that may not be reached. ${reached.message}`)
      if (token && new URL(reached).origin !== new URL(url).origin)
        return unusable('Its card names another host than its own: the token would go there.')
    }
    await remoteClient(app, card, token)
    return card
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 200) : ''
    return unusable(`Its card could not be read or used. ${why}`)
  }
}

/** A card of another kind of file, or below where it answers (A2A 1.0, section 8.2; RFC 8615). Pure. */
function cardUrl(base: string): string {
  if (/\.json(\?|$)/.test(base)) return base
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/.well-known/agent-card.json`
  return url.href
}

const wordsOf = (texts: readonly string[]): string[] =>
  [
    ...new Set(
      texts.map(text =>
        text
          .replace(/[^\P{C}]+/gu, ' ')
          .trim()
          .slice(0, 100),
      ),
    ),
  ]
    .filter(Boolean)
    .slice(0, wordsMax)

const unusable = (message: string, fix = 'Give the URL of an A2A agent’s card, and the token that it asks for.') =>
  new Fault('validation_error', message, { fix, invalidFields: [{ field: 'url', problem: message }] })
