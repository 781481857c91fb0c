import type { App } from '../../app.ts'
import { endGrant } from './end-grant.ts'

/** A grant gets this long to come to its first token. */
const graceMs = 60 * 60_000

/**
 * Removes what is over: expired records; what belongs to ended grants; and grants that have no token left which could ever
 * be used, so that nobody sees them as living.
 */
export async function sweepRecords({ db, clock }: App): Promise<void> {
  const now = clock.now()
  await db.write(async tx => {
    await tx.deleteFrom('oauth_records').where('expires_at', '<=', now).execute()
    await tx
      .deleteFrom('oauth_records')
      .where('grant_id', 'in', q =>
        q
          .selectFrom('keys')
          .select('id')
          .where('kind', '=', 'oauth')
          .where(is => is.or([is('revoked_at', '<=', now), is('expires_at', '<=', now)])),
      )
      .execute()
    const idle = await tx
      .selectFrom('keys')
      .select('id')
      .where('kind', '=', 'oauth')
      .where('revoked_at', 'is', null)
      .where('created_at', '<', now - graceMs)
      .where(is =>
        is.not(
          is.exists(
            is
              .selectFrom('oauth_records')
              .select('oauth_records.id')
              .whereRef('oauth_records.grant_id', '=', 'keys.id')
              .where('oauth_records.model', '!=', 'Grant')
              .where('oauth_records.consumed_at', 'is', null),
          ),
        ),
      )
      .execute()
    for (const { id } of idle) await endGrant(tx, now, id)
  })
}
