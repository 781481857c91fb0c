import type { App } from '../../app.ts'
import type { Box } from '../box.ts'
import { isWaiting } from '../queries.ts'
import type { MessageRow } from './message.ts'

export type HeldMessage = Pick<MessageRow, 'id' | 'lease' | 'kind' | 'task_id'>

/**
 * What was handed out to this device and not acknowledged or handed to another since, the lease over or not. For receivers
 * that keep no leases themselves.
 */
export function heldBy({ db }: App, { agentId, device }: Box): Promise<HeldMessage[]> {
  return db.read
    .selectFrom('relay_messages')
    .select(['id', 'lease', 'kind', 'task_id'])
    .where(isWaiting(agentId))
    .where('holder', '=', device)
    .where('lease', '<>', '')
    .execute()
}
