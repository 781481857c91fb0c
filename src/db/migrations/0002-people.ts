import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../db.ts'

/** People, sessions, invitations; scopes of keys; pairings; OAuth records; rules, approvals, parked calls, jobs; the audit record. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('people')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('email', 'text', column => column.notNull().unique())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('password_hash', 'text', column => column.notNull())
    .addColumn('oidc_subject', 'text', column => column.unique())
    .addColumn('two_factor', 'integer', column => column.notNull())
    .addColumn('totp_last_step', 'bigint', column => column.notNull())
    .addColumn('recovery_hashes', 'text', column => column.notNull())
    .addColumn('failures', 'integer', column => column.notNull())
    .addColumn('locked_until', 'bigint', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .execute()

  await db.schema
    .createTable('members')
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('person_id', 'text', column => column.notNull().references('people.id').onDelete('cascade'))
    .addColumn('role', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addPrimaryKeyConstraint('members_key', ['workspace_id', 'person_id'])
    .execute()
  await db.schema.createIndex('members_person').on('members').column('person_id').execute()

  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('person_id', 'text', column => column.notNull().references('people.id').onDelete('cascade'))
    .addColumn('hash', 'text', column => column.notNull().unique())
    .addColumn('address', 'text', column => column.notNull())
    .addColumn('client', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('last_seen_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .addColumn('revoked_at', 'bigint')
    .execute()
  await db.schema.createIndex('sessions_person').on('sessions').column('person_id').execute()

  await db.schema
    .createTable('invitations')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('role', 'text', column => column.notNull())
    .addColumn('email', 'text', column => column.notNull())
    .addColumn('hash', 'text', column => column.notNull().unique())
    .addColumn('created_by', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .addColumn('ended_at', 'bigint')
    .execute()

  await db.schema
    .alterTable('agents')
    .addColumn('created_by', 'text', column => column.notNull().defaultTo(''))
    .execute()

  const keyColumns = [
    ['kind', 'text', 'key'],
    ['scope', 'text', '{}'],
    ['created_by', 'text', ''],
    ['replaced_by', 'text', ''],
  ] as const
  for (const [name, type, initial] of keyColumns)
    await db.schema
      .alterTable('keys')
      .addColumn(name, type, column => column.notNull().defaultTo(initial))
      .execute()
  for (const name of ['calls_per_minute', 'calls_per_day', 'last_used_at'])
    await db.schema.alterTable('keys').addColumn(name, 'bigint').execute()

  await db.schema
    .createTable('pairings')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('user_code', 'text', column => column.notNull().unique())
    .addColumn('challenge', 'text', column => column.notNull())
    .addColumn('label', 'text', column => column.notNull())
    .addColumn('host', 'text', column => column.notNull())
    .addColumn('address', 'text', column => column.notNull())
    .addColumn('environment', 'text', column => column.notNull())
    .addColumn('asked_scope', 'text', column => column.notNull())
    .addColumn('state', 'text', column => column.notNull())
    .addColumn('workspace_id', 'text', column => column.notNull())
    /** What was granted, as JSON: agent, environment, scope, limits, days. */
    .addColumn('granted', 'text', column => column.notNull())
    .addColumn('decided_by', 'text', column => column.notNull())
    .addColumn('key_id', 'text', column => column.notNull())
    .addColumn('polled_at', 'bigint', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .execute()

  await db.schema
    .createTable('seals')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('workspace_id', 'text', column => column.notNull())
    .addColumn('version', 'bigint', column => column.notNull())
    .addColumn('ring_version', 'integer', column => column.notNull())
    .addColumn('sealed', 'text', column => column.notNull())
    .addColumn('expires_at', 'bigint')
    .execute()

  await db.schema
    .createTable('oauth_records')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('model', 'text', column => column.notNull())
    .addColumn('grant_id', 'text', column => column.notNull())
    .addColumn('uid', 'text', column => column.notNull())
    .addColumn('user_code', 'text', column => column.notNull())
    .addColumn('version', 'bigint', column => column.notNull())
    .addColumn('ring_version', 'integer', column => column.notNull())
    .addColumn('sealed', 'text', column => column.notNull())
    .addColumn('consumed_at', 'bigint')
    .addColumn('expires_at', 'bigint')
    .execute()
  for (const column of ['grant_id', 'uid', 'user_code', 'expires_at'])
    await db.schema.createIndex(`oauth_records_${column}`).on('oauth_records').column(column).execute()

  await db.schema
    .createTable('rules')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('position', 'integer', column => column.notNull())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('decision', 'text', column => column.notNull())
    .addColumn('match', 'text', column => column.notNull())
    .addColumn('created_by', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint')
    .execute()
  await db.schema.createIndex('rules_order').on('rules').columns(['workspace_id', 'position']).execute()

  await db.schema
    .createTable('calls')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('agent_id', 'text', column => column.notNull())
    .addColumn('key_id', 'text', column => column.notNull())
    .addColumn('environment', 'text', column => column.notNull())
    .addColumn('surface', 'text', column => column.notNull())
    .addColumn('tool', 'text', column => column.notNull())
    .addColumn('connection_id', 'text', column => column.notNull())
    .addColumn('digest', 'text', column => column.notNull())
    .addColumn('state', 'text', column => column.notNull())
    .addColumn('started_at', 'bigint', column => column.notNull())
    .addColumn('sent_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .execute()

  await db.schema
    .createTable('approvals')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('call_id', 'text', column => column.notNull().unique())
    .addColumn('agent_id', 'text', column => column.notNull())
    .addColumn('tool', 'text', column => column.notNull())
    .addColumn('effect', 'text', column => column.notNull())
    .addColumn('connection_id', 'text', column => column.notNull())
    .addColumn('digest', 'text', column => column.notNull())
    .addColumn('why', 'text', column => column.notNull())
    .addColumn('rule', 'text', column => column.notNull())
    .addColumn('rule_id', 'text', column => column.notNull())
    .addColumn('state', 'text', column => column.notNull())
    .addColumn('word', 'text', column => column.notNull())
    .addColumn('decided_by', 'text', column => column.notNull())
    .addColumn('decided_at', 'bigint')
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .execute()
  await db.schema.createIndex('approvals_state').on('approvals').columns(['workspace_id', 'state', 'id']).execute()

  await db.schema
    .createTable('jobs')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('workspace_id', 'text', column => column.notNull())
    .addColumn('kind', 'text', column => column.notNull())
    /** What the job is about: an id. Never a secret. */
    .addColumn('subject', 'text', column => column.notNull())
    .addColumn('state', 'text', column => column.notNull())
    .addColumn('run_at', 'bigint', column => column.notNull())
    .addColumn('attempts', 'integer', column => column.notNull())
    .addColumn('failures', 'integer', column => column.notNull())
    .addColumn('lease_owner', 'text', column => column.notNull())
    .addColumn('lease_until', 'bigint', column => column.notNull())
    .addColumn('last_error', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .execute()
  await db.schema.createIndex('jobs_due').on('jobs').columns(['state', 'run_at']).execute()

  await db.schema
    .createTable('audit')
    .addColumn('seq', 'bigint', column => column.primaryKey())
    .addColumn('at', 'bigint', column => column.notNull())
    /** Empty for what concerns the installation or a person, not one workspace. */
    .addColumn('workspace_id', 'text', column => column.notNull())
    .addColumn('actor_kind', 'text', column => column.notNull())
    .addColumn('actor_id', 'text', column => column.notNull())
    .addColumn('actor_name', 'text', column => column.notNull())
    .addColumn('action', 'text', column => column.notNull())
    .addColumn('target', 'text', column => column.notNull())
    .addColumn('address', 'text', column => column.notNull())
    .addColumn('details', 'text', column => column.notNull())
    .addColumn('previous', 'text', column => column.notNull())
    .addColumn('hash', 'text', column => column.notNull())
    .execute()
  await db.schema.createIndex('audit_workspace').on('audit').columns(['workspace_id', 'seq']).execute()
  await keepAudit(db, dialect)
}

/** Rows of the audit record are added and read, nothing else: the database itself refuses to change or delete one. */
async function keepAudit(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  if (dialect === 'postgres') {
    await sql`
      create function audit_is_kept() returns trigger language plpgsql as
      $$ begin raise exception 'the audit record is append-only'; end $$`.execute(db)
    await sql`
      create trigger audit_is_kept before update or delete on audit
      for each row execute function audit_is_kept()`.execute(db)
    return
  }
  for (const change of ['update', 'delete']) {
    await sql`
      create trigger ${sql.ref(`audit_no_${change}`)} before ${sql.raw(change)} on audit
      begin select raise(abort, 'the audit record is append-only'); end`.execute(db)
  }
}
