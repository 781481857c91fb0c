import type { Transaction } from 'kysely'
import { newId } from '../../core/ids.ts'
import type { AgentRow, Schema } from '../../db/schema.ts'
import type { Vault } from '../../vault/vault.ts'
import type { MemberPrincipal } from '../principal.ts'
import type { AskingClient } from './consent.ts'
import { putRecord, readRecord, recordId } from './records.ts'

const nameMax = 60

/**
 * The agent that this client is for this person in this workspace, made when it is new. Two clients of one name are two
 * agents: a client chooses what it is called, never whom it acts as.
 */
export async function agentOfClient(
  vault: Vault,
  tx: Transaction<Schema>,
  { client, member }: { client: AskingClient; member: MemberPrincipal },
  nowMs: number,
): Promise<AgentRow> {
  const { workspaceId, personId } = member
  const id = recordId('Agent', JSON.stringify([client.id, personId, workspaceId]))
  const known = await readRecord<{ agentId: string }>(tx, vault, id, nowMs)
  const existing = known && (await agentOf(tx, workspaceId, known.payload.agentId))
  if (existing) return existing
  for (let count = 1; ; count++) {
    const agent: AgentRow = {
      id: newId('agt', nowMs),
      workspace_id: workspaceId,
      name: count === 1 ? client.name : `${client.name} (${count})`,
      created_at: nowMs,
      created_by: personId,
    }
    const made = await tx
      .insertInto('agents')
      .values(agent)
      .onConflict(on => on.doNothing())
      .executeTakeFirst()
    if (!made.numInsertedOrUpdatedRows) continue
    await putRecord(tx, vault, { id, model: 'Agent', payload: { agentId: agent.id }, expiresAt: null })
    return agent
  }
}

function agentOf(tx: Transaction<Schema>, workspaceId: string, id: string): Promise<AgentRow | undefined> {
  return tx
    .selectFrom('agents')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** On one line, printable, with nothing in it that is not seen, short. Pure. */
export function plainName(text: string): string {
  const printable = text.replace(/[\p{C}\p{Z}\p{DI}]+/gu, ' ').trim()
  // By code points, so that no character is cut in two.
  return [...printable].slice(0, nameMax).join('').trim()
}
