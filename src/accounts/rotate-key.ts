import { Fault } from '../core/errors.ts'
import type { Db } from '../db/db.ts'
import { recordAudit } from './audit.ts'
import { insertKey, type NewKey } from './create-key.ts'
import { type Editor, systemEditor } from './editor.ts'
import { findKey, keyHasEnded } from './find-key.ts'
import { noMember } from './people/no-member.ts'
import { readScope } from './scope.ts'

/**
 * A new key in the place of another: same agent, scope, limits, maker and length of life. The old one goes on for
 * `overlapMs`, never past its own end. A key is replaced once, however many ask at the same time.
 */
export async function rotateKey(
  db: Db,
  nowMs: number,
  {
    workspaceId,
    id,
    overlapMs,
    by = systemEditor,
  }: { workspaceId: string; id: string; overlapMs: number; by?: Editor },
): Promise<NewKey | Fault> {
  return db.write(async tx => {
    const gone = await noMember(tx, workspaceId, by.actor)
    if (gone) return gone
    const old = await findKey(tx, { workspaceId, id, by })
    if (old instanceof Fault) return old
    const ended = keyHasEnded(old, nowMs)
    if (ended) return ended
    if (old.kind === 'oauth')
      return new Fault('conflict', 'An OAuth grant has no key: its client renews its tokens by itself.', {
        fix: 'Revoke it to end it.',
      })
    const agent = await tx.selectFrom('agents').selectAll().where('id', '=', old.agent_id).executeTakeFirstOrThrow()
    const endsAt = nowMs + overlapMs
    const made = await insertKey(tx, nowMs, {
      agent,
      createdBy: old.created_by,
      environment: old.environment,
      scope: readScope(old.scope),
      callsPerMinute: old.calls_per_minute,
      callsPerDay: old.calls_per_day,
      ...(old.expires_at !== null && { expiresInMs: old.expires_at - old.created_at }),
    })
    const replaced = await tx
      .updateTable('keys')
      .set({ replaced_by: made.id, expires_at: Math.min(endsAt, old.expires_at ?? endsAt) })
      .where('id', '=', old.id)
      .where('replaced_by', '=', '')
      .executeTakeFirst()
    if (!replaced.numUpdatedRows) {
      await tx.deleteFrom('keys').where('id', '=', made.id).execute()
      return new Fault('conflict', `The key ${old.id} was replaced already.`, {
        fix: 'Rotate the one that replaced it.',
      })
    }
    await recordAudit(tx, nowMs, {
      workspaceId,
      actor: by.actor,
      action: 'key.rotated',
      target: old.id,
      address: by.address ?? '',
      details: { replacedBy: made.id, overlapMinutes: Math.round(overlapMs / 60_000) },
    })
    return made
  })
}
