/** What the matrix of routes and askers needs: one real thing of every kind, and a valid body for every route that takes one. */
import { Fault } from '../../src/core/errors.ts'
import { newId } from '../../src/core/ids.ts'
import type { Route } from '../../src/http/rest/route.ts'
import { putSharedFile } from '../../src/relay/files/put-shared-file.ts'
import { agentWriter } from '../../src/relay/files/writer.ts'
import { sendMessage } from '../../src/relay/messages/send-message.ts'
import { delegateTask } from '../../src/relay/tasks/delegate-task.ts'
import { putSeal } from '../../src/vault/sealed-rows.ts'
import type { TestClawLink } from '../kit/clawlink.ts'

export type Foreign = {
  /** The id of a real thing of the workspace for the path's parameter; undefined when the path is about no workspace's thing. */
  idFor(path: string): string | undefined
}

/** One of everything that a workspace can hold, as rows: what they hold beyond their ids does not matter here. */
export async function foreignThings({ app, clock, call }: TestClawLink, personId: string): Promise<Foreign> {
  const now = clock.now()
  const workspace = { workspace_id: app.workspaceId }
  const ids = {
    rule: newId('rule', now),
    approval: newId('appr', now),
    parked: newId('call', now),
    invitation: newId('inv', now),
    session: newId('ses', now),
    pairing: newId('pair', now),
    connectSession: newId('csess', now),
    oauthApp: newId('oapp', now),
    file: newId('file', now),
    event: newId('evt', now),
    endpoint: newId('endp', now),
    delivery: newId('dlv', now),
  }
  const ended = await call('sandbox_list_issues')
  const [connection] = await app.db.read
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', app.workspaceId)
    .execute()
  const [key] = await app.db.read
    .selectFrom('keys')
    .select(['id', 'agent_id'])
    .where('workspace_id', '=', app.workspaceId)
    .execute()
  await app.db.write(async tx => {
    await tx
      .insertInto('rules')
      .values({
        ...workspace,
        id: ids.rule,
        position: 0,
        name: 'theirs',
        decision: 'deny',
        match: '{"tools":["none_such"]}',
        created_by: personId,
        created_at: now,
        expires_at: null,
      })
      .execute()
    const asked = {
      tool: 'sandbox_delete_mail',
      connection_id: connection?.id ?? '',
      digest: 'd',
      agent_id: key?.agent_id ?? '',
    }
    await tx
      .insertInto('calls')
      .values({
        ...workspace,
        ...asked,
        id: ids.parked,
        key_id: key?.id ?? '',
        environment: 'live',
        surface: 'rest',
        state: 'awaiting_approval',
        started_at: now,
        ended_at: null,
        canceled_at: null,
        progress: '',
        paused: '',
      })
      .execute()
    await tx
      .insertInto('approvals')
      .values({
        ...workspace,
        ...asked,
        id: ids.approval,
        call_id: ids.parked,
        effect: 'destructive',
        why: '',
        rule: '',
        rule_id: '',
        state: 'pending',
        word: '',
        decided_by: '',
        decided_at: null,
        created_at: now,
        expires_at: now + 60_000_000,
      })
      .execute()
    await tx
      .insertInto('invitations')
      .values({
        ...workspace,
        id: ids.invitation,
        role: 'member',
        email: '',
        hash: 'h',
        created_by: personId,
        created_at: now,
        expires_at: now + 60_000_000,
        ended_at: null,
      })
      .execute()
    await tx
      .insertInto('sessions')
      .values({
        id: ids.session,
        person_id: personId,
        hash: 'h',
        address: '',
        client: '',
        created_at: now,
        last_seen_at: now,
        expires_at: now + 60_000_000,
        revoked_at: null,
      })
      .execute()
    await tx
      .insertInto('events')
      .values({ ...workspace, id: ids.event, type: 'call.ended', subject: ids.parked, facts: '{}', at: now })
      .execute()
    await tx
      .insertInto('endpoints')
      .values({
        ...workspace,
        id: ids.endpoint,
        url: 'https://receiver.example/',
        types: '["endpoint.disabled"]',
        about: 'theirs',
        state: 'on',
        failing_since: null,
        created_by: personId,
        created_at: now,
      })
      .execute()
    await tx
      .insertInto('deliveries')
      .values({
        ...workspace,
        id: ids.delivery,
        endpoint_id: ids.endpoint,
        event_id: ids.event,
        state: 'failed',
        attempts: 1,
        status: 500,
        problem: '',
        created_at: now,
        next_at: null,
        ended_at: now,
      })
      .execute()
    await tx
      .insertInto('oauth_apps')
      .values({
        ...workspace,
        id: ids.oauthApp,
        registration: 'sandbox',
        label: 'theirs',
        client_id: 'c',
        is_default: 0,
        created_by: personId,
        created_at: now,
      })
      .execute()
    for (const id of [ids.oauthApp, ids.connectSession])
      await putSeal(tx, app.vault, { id, workspaceId: app.workspaceId, text: '{}' })
    await tx
      .insertInto('connect_sessions')
      .values({
        ...workspace,
        id: ids.connectSession,
        provider: 'sandbox',
        environment: 'live',
        connection_id: connection?.id ?? '',
        scopes: '[]',
        label: '',
        asked_by_kind: 'agent',
        asked_by_id: 'agt_nobody',
        asked_by_name: 'theirs',
        state: 'awaiting_user',
        person_id: '',
        session_id: '',
        state_hash: '',
        code: '',
        problem: '',
        made_connection_id: '',
        created_at: now,
        expires_at: now + 60_000_000,
        ended_at: null,
      })
      .execute()
    await tx
      .insertInto('files')
      .values({
        ...workspace,
        id: ids.file,
        agent_id: key?.agent_id ?? '',
        call_id: '',
        name: 'theirs',
        media_type: 'text/plain',
        bytes: 0,
        sha256: '',
        state: 'ready',
        ring_version: 1,
        sealed: '',
        created_at: now,
        expires_at: now + 60_000_000,
      })
      .execute()
    await tx
      .insertInto('pairings')
      .values({
        id: ids.pairing,
        user_code: 'BBBB-BBBB',
        challenge: 'c',
        label: 'theirs',
        host: '',
        address: '',
        environment: 'live',
        asked_scope: '{}',
        state: 'approved',
        workspace_id: app.workspaceId,
        granted: '{}',
        decided_by: personId,
        key_id: '',
        polled_at: 0,
        created_at: now,
        expires_at: now + 60_000_000,
      })
      .execute()
  })
  const box = { workspaceId: app.workspaceId, agentId: key?.agent_id ?? '', device: 'theirs' }
  const message = await sendMessage(app, box, { to: box.agentId, body: 'theirs' })
  const letter = await sendMessage(app, box, { to: box.agentId, body: 'theirs' })
  const task = await delegateTask(app, box, { to: box.agentId, task: 'theirs' })
  const shared = await putSharedFile(app, agentWriter(box), { key: 'theirs', content: [Buffer.from('theirs')] })
  if (shared instanceof Fault) throw new Error(shared.message)
  if (message instanceof Fault || letter instanceof Fault || task instanceof Fault) throw new Error('nothing was sent')
  await app.db.write(tx =>
    tx.updateTable('relay_messages').set({ state: 'dead' }).where('id', '=', letter.id).execute(),
  )
  await app.db.write(tx =>
    tx
      .insertInto('a2a_remotes')
      .values({ ...workspace, agent_id: box.agentId, card_url: 'https://x.example', card: '{}', created_at: now })
      .execute(),
  )
  const byPath: Record<string, string | undefined> = {
    '/relay/inbox/': message.id,
    '/relay/dead-letters/': letter.id,
    '/relay/tasks/': task.id,
    '/relay/agents/remote/': box.agentId,
    '/relay/file-history/': shared.key,
    '/relay/file-restore/': shared.key,
    '/connections/': connection?.id,
    '/calls/': String(ended.body.callId),
    '/approvals/': ids.approval,
    '/rules/': ids.rule,
    '/keys/': key?.id,
    '/agents/': key?.agent_id,
    '/members/': personId,
    '/invitations/': ids.invitation,
    '/me/sessions/': ids.session,
    '/pairings/': ids.pairing,
    '/connect-sessions/': ids.connectSession,
    '/oauth-apps/': ids.oauthApp,
    '/files/': ids.file,
    '/endpoints/': ids.endpoint,
    '/deliveries/': ids.delivery,
  }
  /** The catalogue is everybody's, and the names of topics, threads and shared files too; an interaction is bound to a browser, which has tests of its own. */
  const ofNobody = [
    '/tools/',
    '/providers/',
    '/oauth/interactions/',
    '/relay/subscriptions/',
    '/relay/threads/',
    '/relay/files/',
    '/relay/file-lease/',
  ]
  return {
    idFor(path) {
      if (ofNobody.some(start => path.startsWith(start))) return undefined
      // The poll of a pairing is the device's, by its verifier.
      if (path === '/pairings/{id}/poll') return undefined
      const id = Object.entries(byPath).find(([start]) => path.startsWith(start))?.[1]
      if (id === undefined) throw new Error(`The matrix has no thing for ${path}: add one.`)
      return id
    },
  }
}

const bodies: Record<string, unknown> = {
  'patch /members/{id}': { role: 'member' },
  'patch /agents/{id}': { name: 'taken over' },
  'patch /keys/{id}': { callsPerMinute: 1 },
  'post /keys/{id}/rotate': { overlapMinutes: 0 },
  'post /pairings/{id}/approve': { environment: 'live', scope: {} },
  'patch /connections/{id}': { label: 'taken over' },
  'patch /oauth-apps/{id}': { label: 'taken over' },
  'patch /endpoints/{id}': { about: 'taken over' },
  'post /connect-sessions/{id}/authorize': { way: 'oauth2' },
  'post /connect-sessions/{id}/device': { way: 'device' },
  'post /connect-sessions/{id}/submit': { way: 'api_key', fields: { secret: 'sbx_x' } },
  'put /rules/{id}': { name: 'taken over', decision: 'allow', match: {} },
  'post /approvals/{id}/approve': { for: 'once' },
  'post /approvals/{id}/deny': { word: 'no' },
  'post /relay/inbox/{id}/ack': { lease: 'lease_made_up' },
  'post /relay/inbox/{id}/extend': { lease: 'lease_made_up' },
  'post /relay/inbox/{id}/release': { lease: 'lease_made_up' },
  'post /relay/file-restore/{key}': { version: 1 },
  'post /relay/tasks/{id}/ask': { question: 'taken over?' },
  'post /relay/tasks/{id}/answer': { answer: 'taken over' },
  'post /relay/tasks/{id}/fail': { reason: 'taken over' },
}

/** A body that passes the route's own checks, so that what is refused is refused for its id. */
export function sampleBody(route: Route): unknown {
  if (!route.body || route.body.safeParse({}).success) return {}
  const body = bodies[`${route.method} ${route.path}`]
  const parsed = route.body.safeParse(body)
  if (!parsed.success)
    throw new Error(`The matrix has no valid body for ${route.method} ${route.path}: add one. ${parsed.error}`)
  return body
}

const watched = [
  'relay_messages',
  'relay_tasks',
  'shared_file_versions',
  'rules',
  'keys',
  'agents',
  'members',
  'invitations',
  'connections',
  'approvals',
  'calls',
  'pairings',
  'oauth_apps',
  'connect_sessions',
  'files',
  'endpoints',
  'deliveries',
] as const

/** All that must not change when a stranger asks. */
export async function snapshot({ app }: TestClawLink): Promise<unknown> {
  const tables = await Promise.all(
    watched.map(async table => [
      table,
      (await app.db.read.selectFrom(table).selectAll().execute()).map(row => JSON.stringify(row)).sort(),
    ]),
  )
  const session = await app.db.read.selectFrom('sessions').select('revoked_at').where('hash', '=', 'h').execute()
  return { tables, session }
}
