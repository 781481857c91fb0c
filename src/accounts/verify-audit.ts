import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '../db/db.ts'
import type { AuditRow } from '../db/schema.ts'
import { type AuditHead, auditHead, genesisHead, hashOfRow, readHead } from './audit.ts'

export type AuditVerdict = {
  ok: boolean
  /** How many rows were found in order, from the first on. */
  rows: number
  /** The first row that is not as it was written, and why. */
  broken: { seq: number; why: string } | null
  /** Number and hash of the last row, to be kept elsewhere: a record with other hashes is another one. */
  last: AuditHead
}

/**
 * Reads the whole audit record, a page at a time, and checks that every row is as it was written, follows the row before it,
 * and that none is missing, at the end neither. Goes on beside writers.
 */
export async function verifyAudit(db: Db, rowsPerPage = 1000): Promise<AuditVerdict> {
  let last = genesisHead
  let after = Number.MIN_SAFE_INTEGER
  const headBefore = await headOf(db)
  for (;;) {
    const rows = await pageAfter(db, after, rowsPerPage)
    for (const row of rows) {
      const why =
        whyBroken(row, last) ?? (isOtherEnd(row, headBefore) ? 'It is not the row that was written.' : undefined)
      if (why !== undefined) return brokenAt(last, Math.min(row.seq, last.seq + 1), why)
      last = { seq: row.seq, hash: row.hash }
      after = row.seq
    }
    if (rows.length < rowsPerPage) break
    // On SQLite nothing else would be done before the end of a long record.
    await nextTurn()
  }
  if (last.seq < headBefore.seq) return brokenAt(last, last.seq + 1, 'It is missing, and so is all that came after it.')
  // A row and the head are written at once, so whatever was read is not beyond the head of now.
  const headAfter = await headOf(db)
  if (last.seq > headAfter.seq) return brokenAt(last, headAfter.seq + 1, 'It is beyond the end that ClawLink noted.')
  return { ok: true, rows: last.seq, broken: null, last }
}

/** What is wrong with a row that should follow `last`, or undefined. Pure. */
function whyBroken(row: AuditRow, last: AuditHead): string | undefined {
  if (row.seq > last.seq + 1) return 'It is missing.'
  if (row.seq < last.seq + 1) return 'It was added by something other than ClawLink.'
  if (hashOfRow(row) !== row.hash) return 'It was changed: its hash does not fit what it says.'
  if (row.previous !== last.hash) return 'It does not follow the row before it: one of them was replaced.'
  return undefined
}

const isOtherEnd = (row: AuditRow, head: AuditHead) => row.seq === head.seq && row.hash !== head.hash

function brokenAt(last: AuditHead, seq: number, why: string): AuditVerdict {
  return { ok: false, rows: last.seq, broken: { seq, why }, last }
}

function pageAfter(db: Db, seq: number, limit: number): Promise<AuditRow[]> {
  return db.read.selectFrom('audit').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute()
}

async function headOf(db: Db): Promise<AuditHead> {
  const row = await db.read.selectFrom('settings').select('value').where('name', '=', auditHead).executeTakeFirst()
  return readHead(row?.value)
}
