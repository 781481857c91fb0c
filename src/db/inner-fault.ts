import { Fault } from '../core/errors.ts'

/** What whoever asked can be told of a database that cannot work just now, and what its owner can do about it. */
type Trouble = { message: string; fix: string }

const full: Trouble = {
  message: 'ClawLink can store nothing: the disk of its database is full.',
  fix: 'Have its owner make room on that disk, then try again. What was stored before is not lost.',
}
const unusable: Trouble = {
  message: 'ClawLink cannot read or write its database.',
  fix: 'Have its owner check the disk, and that the user who runs ClawLink may write there; then try again.',
}
const standby: Trouble = {
  message: 'ClawLink cannot write to its database: the server takes reads only.',
  fix: 'Have its owner see that CLAWLINK_DATABASE_URL leads to the primary server, not to a standby; then try again.',
}
const damaged: Trouble = {
  message: 'The database of ClawLink is damaged.',
  fix: 'Have its owner stop ClawLink and restore a backup.',
}
const held: Trouble = {
  message: 'Another program keeps the database of ClawLink to itself.',
  fix: 'Try again in a moment. If it stays, have its owner end that program.',
}
const unreachable: Trouble = {
  message: 'The database of ClawLink does not answer just now.',
  fix: 'Try again in a moment. If it stays, have its owner see that PostgreSQL runs and has connections left.',
}

/** Result codes of SQLite (https://sqlite.org/rescode.html). */
const ofSqlite = new Map([
  [5, held],
  [8, unusable],
  [10, unusable],
  [11, damaged],
  [13, full],
  [14, unusable],
  [26, damaged],
])

/** Codes of the operating system, and SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const unreachableCodes =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08...|57P0[123]|57014|53300)$/
/** The driver's own errors have no code. */
const unreachableWords = /^(Connection terminated|Client has encountered a connection error|timeout exceeded)/

/**
 * What a caller is told of something that nobody expected. Where the database is the trouble that is said, since only an owner
 * can help; of all else nothing, for the cause's own text may quote anything. Pure.
 */
export function innerFault(cause: unknown): Fault {
  const unknown = 'Something went wrong inside ClawLink. Nothing more is known to the caller.'
  return databaseFault(cause) ?? new Fault('internal', unknown)
}

/** The same of the database alone; undefined where it is something else. Pure. */
export function databaseFault(cause: unknown): Fault | undefined {
  const trouble = troubleOf(cause)
  return trouble && new Fault('internal', trouble.message, { fix: trouble.fix })
}

function troubleOf(cause: unknown): Trouble | undefined {
  if (!(cause instanceof Error)) return undefined
  if ('errcode' in cause) return ofSqlite.get(Number(cause.errcode) & 0xff) // the rest says how it came about
  const code = 'code' in cause ? String(cause.code) : ''
  if (code === '53100') return full
  if (code === '25006') return standby
  return unreachableCodes.test(code) || unreachableWords.test(cause.message) ? unreachable : undefined
}
