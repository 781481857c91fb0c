import type { Generated } from 'kysely'
import type { A2aTables } from './a2a-schema.ts'
import type { SharedFileTables } from './shared-file-schema.ts'

/** What an agent says of itself in the relay. It is found by this; who it is, is in `agents`. */
export type RelayAgentRow = {
  agent_id: string
  workspace_id: string
  /** JSON lists of words. */
  capabilities: string
  accepts: string
  machine: string
  description: string
  registered_at: number
  /** As of the last flush: up to half a minute late. */
  seen_at: number
  left_at: number | null
}

/** One of the places at which an agent runs. */
export type RelayDeviceRow = {
  agent_id: string
  device: string
  /** What it calls itself there; proves nothing. */
  name: string
  workspace_id: string
  machine: string
  registered_at: number
  seen_at: number
  left_at: number | null
}

export type RelayMessageRow = {
  /** Given by the database: the order in a mailbox, and the cursor of readers. */
  seq: Generated<number>
  /** Where the sender gave an id of its own, made of that: the second row of the same message is refused. */
  id: string
  workspace_id: string
  /** The agent that it is for. */
  mailbox: string
  /** Empty when any device of that agent may have it. */
  to_device: string
  /** Empty for ClawLink itself. */
  from_agent: string
  from_device: string
  kind: 'message' | 'task' | 'task_update' | 'broadcast'
  /** Messages of one thread are handed out one after the other; empty for one that stands alone. */
  thread: string
  reply_to: string
  task_id: string
  /** 0 urgent, 1 high, 2 normal, 3 low. */
  lane: number
  /** SHA-256 of what was sent under the sender's id of it, or empty. */
  digest: string
  /** Sealed JSON; empty when it is in `relay_contents` under `content_id`. */
  sealed: string
  content_id: string
  /** Of the JSON. */
  bytes: number
  state: 'waiting' | 'done' | 'expired' | 'dead'
  /** How often it was handed out. */
  deliveries: number
  /** Names the present or last holding of it; empty before the first. */
  lease: string
  lease_until: number
  /** The device that has it. */
  holder: string
  /** Why it is dead or was taken back; then a line break and sealed what its last receiver said, where it said anything. */
  problem: string
  created_at: number
  /** While it waits: when it is too late for it. Afterwards: when it is forgotten. */
  expires_at: number
}

/** What is too large for a row that changes, or is shared by several. */
export type RelayContentRow = { id: string; workspace_id: string; sealed: string; expires_at: number }

export type RelayTaskState =
  | 'submitted'
  | 'accepted'
  | 'in_progress'
  | 'input_required'
  | 'completed'
  | 'failed'
  | 'rejected'
  | 'canceled'
  | 'expired'

export type RelayTaskRow = {
  id: string
  workspace_id: string
  from_agent: string
  from_device: string
  /** Who has it; empty while nobody suitable does. */
  to_agent: string
  to_device: string
  /** What it asks for, when it was given to no agent by name; else empty. */
  capability: string
  /** The agent that is told how it goes. */
  reply_to: string
  thread: string
  lane: number
  state: RelayTaskState
  digest: string
  /** Sealed JSON of what is to be done. */
  sealed: string
  /** Where its context is, or empty. */
  content_id: string
  /** Counts up with each change. */
  version: number
  /** Until when whoever was offered it has to accept it; 0 when that does not matter. */
  lease_until: number
  /** JSON list of agents that had their chance. */
  tried: string
  /** When somebody has to look at it again, if nothing happens before. */
  next_at: number
  deadline_at: number
  created_at: number
  updated_at: number
  ended_at: number | null
}

/** One change of a task. Never changed itself. */
export type RelayTaskEventRow = {
  task_id: string
  version: number
  at: number
  /** What was done, such as `accept`. */
  step: string
  /** The state that it led to. */
  state: RelayTaskState
  by_kind: 'agent' | 'person' | 'system'
  by_id: string
  /** Sealed JSON of what was said with it, or empty. */
  sealed: string
}

export type RelaySubscriptionRow = {
  agent_id: string
  topic: string
  workspace_id: string
  /** JSON list: of which tags one must be there; empty for all. */
  tags: string
  created_at: number
}

export type RelayBroadcastRow = {
  seq: Generated<number>
  id: string
  workspace_id: string
  from_agent: string
  from_device: string
  topic: string
  /** JSON list. */
  tags: string
  digest: string
  /** Copies that were put into mailboxes, and those for which there was no room. */
  recipients: number
  refused: number
  /** `sending` until every subscriber has its copy. */
  state: 'sending' | 'sent'
  created_at: number
  expires_at: number
}

/** The tables of the relay. */
export type RelayTables = SharedFileTables &
  A2aTables & {
    relay_agents: RelayAgentRow
    relay_devices: RelayDeviceRow
    relay_messages: RelayMessageRow
    relay_contents: RelayContentRow
    relay_tasks: RelayTaskRow
    relay_task_events: RelayTaskEventRow
    relay_subscriptions: RelaySubscriptionRow
    relay_broadcasts: RelayBroadcastRow
  }
