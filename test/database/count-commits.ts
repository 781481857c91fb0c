import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Db } from '../../src/db/db.ts'
import type { DbPlace } from '../kit/open-db.ts'

/**
 * How many transactions have committed rows of `usage`, as the database itself has it on record: SQLite in its
 * write-ahead log, PostgreSQL in the transaction id that each row carries.
 */
export async function countCommits({ db, dataDir }: DbPlace & { db: Db }): Promise<number> {
  if (db.dialect === 'sqlite') return commitFrames(join(dataDir, 'clawlink.sqlite-wal'))
  const { rows } = await sql<{ count: number }>`select count(distinct xmin::text) as count from usage`.execute(db.read)
  return rows[0]?.count ?? 0
}

/**
 * The frames that end a transaction (https://sqlite.org/fileformat2.html#walformat): a header of 32 bytes, then frames of
 * 24 bytes and a page, whose second word is the size of the database after a commit, and 0 otherwise. A frame counts when
 * its salt is the header's; others are left over from before the last checkpoint.
 */
function commitFrames(path: string): number {
  if (!existsSync(path)) return 0
  const wal = readFileSync(path)
  if (wal.length < 32) return 0
  const frameBytes = 24 + wal.readUInt32BE(8)
  const salt = wal.toString('hex', 16, 24)
  let commits = 0
  for (let at = 32; at + frameBytes <= wal.length; at += frameBytes) {
    if (wal.toString('hex', at + 8, at + 16) === salt && wal.readUInt32BE(at + 4) !== 0) commits++
  }
  return commits
}
