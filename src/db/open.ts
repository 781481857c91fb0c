import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { Db } from './db.ts'
import { LaterVersion } from './migrate.ts'
import { isBusy, isFull } from './run-batch.ts'

type DbSettings = { dataDir: string; databaseUrl?: Secret | undefined }

const sqlitePath = ({ dataDir }: DbSettings) => join(dataDir, 'clawlink.sqlite')

/** Whether these settings lead to data: `openDb` makes what is not there. True where only opening it tells what is wrong. */
export async function hasData(settings: DbSettings): Promise<boolean> {
  if (!settings.databaseUrl) return existsSync(sqlitePath(settings))
  const { hasTables } = await import('./postgres.ts')
  return hasTables(settings.databaseUrl.reveal()).catch(() => true)
}

/**
 * Opens the database that the settings name, at this version's tables. PostgreSQL's driver loads only when it is used.
 * `threadFailed` is told when a thread that writes beside the event loop has ended by itself: all is written without it then.
 */
export async function openDb(
  settings: DbSettings,
  threadFailed: (cause: unknown) => void = () => {},
): Promise<Db | Fault> {
  if (!settings.databaseUrl) {
    const { openSqlite } = await import('./sqlite.ts')
    const path = sqlitePath(settings)
    return openSqlite(path, threadFailed).catch(cause =>
      refusal(
        `The database ${path}`,
        cause,
        'Check the file, its folder and their rights, or restore it from a backup.',
      ),
    )
  }
  const url = settings.databaseUrl.reveal()
  if (!/^postgres(ql)?:\/\//.test(url)) {
    return new Fault('validation_error', 'CLAWLINK_DATABASE_URL is not a postgres:// URL.', {
      fix: 'Use postgres://user:password@host:port/database, or leave it unset for SQLite.',
    })
  }
  const { openPostgres } = await import('./postgres.ts')
  const fix = 'Check CLAWLINK_DATABASE_URL, and that the server is reachable and has connections left.'
  return openPostgres(url).catch(cause => refusal('PostgreSQL', cause, fix))
}

/** Why a database could not be opened, and what its owner can do. Pure. */
export function refusal(what: string, cause: unknown, otherwise: string): Fault {
  const reason = cause instanceof AggregateError ? cause.errors[0] : cause
  const message = `${what} cannot be used: ${reason instanceof Error ? reason.message : String(reason)}.`
  return new Fault('internal', message, { fix: fixOf(reason) ?? otherwise })
}

function fixOf(reason: unknown): string | undefined {
  if (reason instanceof LaterVersion) return 'Start that version again, or restore a backup from before it.'
  if (isBusy(reason)) return 'Another program keeps it to itself: try again in a moment, or end that program.'
  if (isFull(reason)) return 'Make room on its disk. What was stored before is not lost.'
  return undefined
}
