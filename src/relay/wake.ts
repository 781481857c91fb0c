import type { EventEmitter } from 'node:events'
import { sql } from 'kysely'
import type { Log } from '../core/log.ts'
import type { Db } from '../db/db.ts'

/** Emitted when there may be something for this mailbox. */
export const mailboxTopic = (agentId: string) => `mailbox ${agentId}`

/** What PostgreSQL tells every process: ids of agents, separated by commas. */
export const relayChannel = 'clawlink_relay'
/** Of a payload's 8,000 bytes. */
const idsPerNotice = 150

/** Tells that there may be something in these mailboxes: this process at once, the others as soon as it can. */
export type Wake = (agentIds: Iterable<string>) => void

/**
 * Called after the commit, so that whoever wakes finds it. A notice that is lost with its process is made good by the sweep of
 * the others.
 */
export function createWake(db: Db, wakes: EventEmitter, log: Log): Wake {
  let told = new Set<string>()

  function notify(): void {
    const ids = [...told]
    told = new Set()
    for (let from = 0; from < ids.length; from += idsPerNotice) {
      const payload = ids.slice(from, from + idsPerNotice).join(',')
      sql`select pg_notify(${relayChannel}, ${payload})`
        .execute(db.read)
        .catch(cause => log.warn({ err: cause }, 'other processes could not be told of messages'))
    }
  }

  return agentIds => {
    for (const id of agentIds) {
      wakes.emit(mailboxTopic(id))
      if (db.dialect !== 'postgres') continue
      if (told.size === 0) setImmediate(notify)
      told.add(id)
    }
  }
}
