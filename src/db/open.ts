import { join } from 'node:path'
import { Fault } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { Db } from './db.ts'

/** Opens the database that the settings name, at this version's tables. PostgreSQL's driver loads only when it is used. */
export async function openDb(settings: { dataDir: string; databaseUrl?: Secret | undefined }): Promise<Db | Fault> {
  if (!settings.databaseUrl) {
    const { openSqlite } = await import('./sqlite.ts')
    return openSqlite(join(settings.dataDir, 'clawlink.sqlite'))
  }
  const url = settings.databaseUrl.reveal()
  if (!/^postgres(ql)?:\/\//.test(url)) {
    return new Fault('validation_error', 'CLAWLINK_DATABASE_URL is not a postgres:// URL.', {
      fix: 'Use postgres://user:password@host:port/database, or leave it unset for SQLite.',
    })
  }
  const { openPostgres } = await import('./postgres.ts')
  try {
    return await openPostgres(url)
  } catch (cause) {
    const reason = cause instanceof AggregateError ? cause.errors[0] : cause
    const message = reason instanceof Error ? reason.message : String(reason)
    return new Fault('internal', `PostgreSQL cannot be used: ${message}`, {
      fix: 'Check CLAWLINK_DATABASE_URL and that the server is reachable.',
    })
  }
}
