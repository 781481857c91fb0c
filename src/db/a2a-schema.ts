/** Whom an A2A client wants to be told of a task. */
export type A2aPushRow = {
  /** The task's id, a slash and the client's id of it. */
  id: string
  task_id: string
  workspace_id: string
  /** The agent that asked for it. */
  agent_id: string
  /** Sealed JSON: URL, token and credentials. */
  sealed: string
  /** The version of A2A that it was asked for in, and is written in. */
  wire: string
  /** The task's version that was delivered last. */
  told_version: number
  created_at: number
}

/** An agent elsewhere that speaks A2A. Its credential is in `seals`, under the agent's id. */
export type A2aRemoteRow = {
  agent_id: string
  workspace_id: string
  card_url: string
  /** JSON of its card, as it was fetched. */
  card: string
  created_at: number
}

/** A task on its way to a remote agent. */
export type A2aSentRow = {
  task_id: string
  workspace_id: string
  agent_id: string
  /** Its id there; empty until it is known. */
  remote_id: string
  /** `sending`: a message is on its way, or was when its process ended: it may have arrived. */
  state: 'waiting' | 'sending' | 'sent'
  /** The message that is or was sent last. */
  message_id: string
  /** The task's version up to which the remote agent was told. */
  told_version: number
  /** What the remote agent said last, as a digest. */
  seen: string
  /** When that was new. */
  seen_at: number
}

/** The tables of A2A. */
export type A2aTables = { a2a_pushes: A2aPushRow; a2a_remotes: A2aRemoteRow; a2a_sent: A2aSentRow }
