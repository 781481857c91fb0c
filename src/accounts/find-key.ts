import type { Transaction } from 'kysely'
import { Fault } from '../core/errors.ts'
import type { KeyRow, Schema } from '../db/schema.ts'
import { type Editor, notTheirs } from './editor.ts'
import { keyState } from './key-view.ts'

/** A key that this editor may change or end, or why not. */
export async function findKey(
  tx: Transaction<Schema>,
  { workspaceId, id, by }: { workspaceId: string; id: string; by: Editor },
): Promise<KeyRow | Fault> {
  const row = await tx
    .selectFrom('keys')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) return new Fault('not_found', `There is no key ${id}.`, { fix: '`clawlink keys list` shows all keys.' })
  return notTheirs(by, row.created_by, 'key') ?? row
}

/** Why a key that has ended cannot be changed any more, or undefined. */
export function keyHasEnded(row: KeyRow, nowMs: number): Fault | undefined {
  const state = keyState(row, nowMs)
  return state === 'active'
    ? undefined
    : new Fault('conflict', `The key ${row.id} is ${state}.`, { fix: 'Make a new one.' })
}
