import { DatabaseSync } from 'node:sqlite'

/** One call, with about the columns of ClawLink's usage record. */
export type UsageRow = {
  id: string
  workspace: string
  agent: string
  key: string
  provider: string
  tool: string
  outcome: string
  code: string
  startedAt: number
  durationMs: number
  attempts: number
  bytes: number
}

/**
 * The floor's table. `record` is durable and grouped: all rows of one event-loop turn go in one transaction, and
 * `committed` runs only when they are on the disk.
 */
export function openUsageTable(file: string): { record: (row: UsageRow, committed: () => void) => void } {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  // Two indexes, as a real usage table has: the text primary key's own, and the one that pages through a workspace.
  db.exec(`
    CREATE TABLE IF NOT EXISTS usage (
      id TEXT PRIMARY KEY, workspace TEXT NOT NULL, agent TEXT NOT NULL, key TEXT NOT NULL, provider TEXT NOT NULL,
      tool TEXT NOT NULL, outcome TEXT NOT NULL, code TEXT NOT NULL, startedAt INTEGER NOT NULL,
      durationMs INTEGER NOT NULL, attempts INTEGER NOT NULL, bytes INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS usage_by_workspace ON usage (workspace, id);
  `)
  const begin = db.prepare('BEGIN IMMEDIATE')
  const insert = db.prepare('INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const commit = db.prepare('COMMIT')
  let pending: { row: UsageRow; committed: () => void }[] = []

  function flush(): void {
    const batch = pending
    pending = []
    begin.run()
    for (const { row } of batch) {
      insert.run(
        ...[row.id, row.workspace, row.agent, row.key, row.provider, row.tool, row.outcome, row.code],
        ...[row.startedAt, row.durationMs, row.attempts, row.bytes],
      )
    }
    commit.run()
    for (const { committed } of batch) committed()
  }

  return {
    record(row, committed) {
      if (pending.push({ row, committed }) === 1) setImmediate(flush)
    },
  }
}
