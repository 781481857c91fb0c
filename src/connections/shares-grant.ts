import type { Kysely } from 'kysely'
import type { ConnectionRow, Schema } from '../db/schema.ts'

/**
 * Whether another connection would end with what the provider gave to this one. Providers end all that a person granted to
 * an OAuth app, whichever token is revoked: so the same account of the same app shares it, and with an app that serves
 * several providers, where accounts have different names, every connection of it does.
 */
export async function sharesGrant(db: Kysely<Schema>, row: ConnectionRow): Promise<boolean> {
  // The same client may be stored as an app of another workspace too.
  const clients = db
    .selectFrom('oauth_apps as own')
    .innerJoin('oauth_apps as same', join =>
      join.onRef('same.registration', '=', 'own.registration').onRef('same.client_id', '=', 'own.client_id'),
    )
    .select('same.id')
    .where('own.id', '=', row.oauth_app_id)
  const other = await db
    .selectFrom('connections')
    .select('id')
    .where('id', '!=', row.id)
    .where(q =>
      row.oauth_app_id === ''
        ? q.and([q('oauth_app_id', '=', ''), q('provider', '=', row.provider), q('auth', '=', row.auth)])
        : q.or([q('oauth_app_id', '=', row.oauth_app_id), q('oauth_app_id', 'in', clients)]),
    )
    .where(q => q.or([q('account_id', '=', row.account_id), q('provider', '!=', row.provider)]))
    .executeTakeFirst()
  return other !== undefined
}
