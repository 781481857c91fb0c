import type { Transaction } from 'kysely'
import { lockRow } from './lock-row.ts'
import type { Schema } from './schema.ts'

/** For what has to stay consistent in a workspace, such as labels, defaults, roles and rules. */
export const lockWorkspace = (tx: Transaction<Schema>, workspaceId: string): Promise<void> =>
  lockRow(tx, 'workspaces', workspaceId)
