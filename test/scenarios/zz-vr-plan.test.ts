import { sql } from 'kysely'
import { test } from 'vitest'
import { writeFileSync } from 'node:fs'
import { startClawLink } from '../kit/clawlink.ts'
import { relayAgent } from '../kit/relay-agent.ts'
import { claimMessages } from '../../src/relay/messages/claim-messages.ts'
import { sweepOnce } from '../../src/relay/sweep.ts'
import { sweepRelay } from '../../src/relay/forget-relay.ts'
import { lookAtDueTasks } from '../../src/relay/tasks/due-tasks.ts'
import { readMailbox, readThread } from '../../src/relay/messages/read-mailbox.ts'
import { heldBy } from '../../src/relay/messages/held-by.ts'
import { listTasks } from '../../src/relay/tasks/list-tasks.ts'
import { sendMessage } from '../../src/relay/messages/send-message.ts'
import { ackMessages } from '../../src/relay/messages/ack-messages.ts'
test('plan', async () => {
  const out: string[] = []
  await using claw = await startClawLink({ connected: false })
  const { app } = claw
  const pg = app.db.dialect === 'postgres'
  const now = app.relay.now()
  const bob = await relayAgent(claw, 'bob')
  const box = { workspaceId: app.workspaceId, agentId: bob.id, device: 'tower' }
  const ws = app.workspaceId
  const gen = (n: number) => pg ? sql`generate_series(1, ${sql.lit(n)}) as g(i)` : sql`(with recursive g(i) as (select 1 union all select i+1 from g where i < ${sql.lit(n)}) select i from g) as g`
  const fill = (n: number, mailbox: any, thread: any, prefix: string, state = 'waiting', exp = 600_000_000) =>
    app.db.write(tx => sql`insert into relay_messages (id, workspace_id, mailbox, to_device, from_agent, from_device, kind, thread, reply_to, task_id, lane, digest, sealed, content_id, bytes, state, deliveries, lease, lease_until, holder, problem, created_at, expires_at)
      select ${sql.lit(prefix)} || i, ${ws}, ${mailbox}, '', ${bob.id}, 'd', 'message', ${thread}, '', '', 2, '', '', '', 100, ${sql.lit(state)}, 0, '', 0, '', '', ${sql.lit(now)}, ${sql.lit(now + exp)} from ${gen(n)}`.execute(tx))
  await fill(100_000, sql`'agt_' || (i % 500)`, sql`''`, 'a')
  await fill(90_000, sql`'agt_' || (i % 500)`, sql`''`, 'b', 'done')
  await fill(10_000, sql`${bob.id}`, sql`'one'`, 'c')
  if (pg) await app.db.write(tx => sql`analyze`.execute(tx))
  const time = async (what: string, run: () => Promise<unknown>, n = 3) => {
    for (let i = 0; i < n; i++) { const t = performance.now(); const r = await run(); if (i === n - 1) out.push(`${what}: ${(performance.now() - t).toFixed(1)} ms ${Array.isArray(r) ? r.length : ''}`) }
  }
  await time('claim of 10,000 in one thread', async () => {
    const got = await claimMessages(app, box, { limit: 10, leaseMs: 60000 })
    await ackMessages(app, box, got.map(({ id, lease }) => ({ id, lease: lease ?? '' })))
    return got
  })
  await time('claim 100', async () => {
    const got = await claimMessages(app, box, { limit: 100, leaseMs: 60000 })
    await ackMessages(app, box, got.map(({ id, lease }) => ({ id, lease: lease ?? '' })))
    return got
  })
  const other = { ...box, agentId: 'agt_7' }
  await time('claim of others', () => claimMessages(app, other, { limit: 10, leaseMs: 60000 }))
  let mark: any
  await time('sweep', async () => { mark = await sweepOnce(app, mark, true) }, 2)
  await time('sweep untold', async () => { mark = await sweepOnce(app, mark, false) }, 2)
  await time('sweepRelay', () => sweepRelay(app), 1)
  await time('readMailbox', () => readMailbox(app, box, { after: '199000', limit: 10 }))
  await time('readThread', () => readThread(app, box, 'one', { limit: 10 }))
  await time('heldBy', () => heldBy(app, box))
  await app.db.write(tx => sql`insert into relay_tasks (id, workspace_id, from_agent, from_device, to_agent, to_device, capability, reply_to, thread, lane, state, digest, sealed, content_id, version, lease_until, tried, next_at, deadline_at, created_at, updated_at, ended_at)
    select 't' || i, ${ws}, ${bob.id}, 'd', '', '', 'nobody', ${bob.id}, 't', 2, 'submitted', '', '', '', 1, 0, '[]', ${sql.lit(now)}, ${sql.lit(now + 600_000_000)}, ${sql.lit(now)}, ${sql.lit(now)}, null from ${gen(5000)}`.execute(tx))
  await time('due tasks: 5,000 that nobody can do', () => lookAtDueTasks(app), 1)
  await time('list tasks', () => listTasks(app, { kind: 'agent', workspaceId: ws, agentId: bob.id, keyId: '', environment: 'live', scope: {}, callsPerDay: null, callsPerMinute: null } as any, { state: 'open', limit: 10 } as any), 2)
  const plan = async (what: string, q: any) => {
    const { sql: text, parameters } = q.compile()
    const prefix = pg ? 'explain ' : 'explain query plan '
    const r = await sql.raw(prefix + text.replace(/\$(\d+)|\?/g, (m: string, d: string) => { const v = parameters[d ? Number(d) - 1 : (plan as any).i++ ]; return pg ? (typeof v === 'number' ? String(v) : `'${v}'`) : m }) ).execute(app.db.read).catch(e => ({ rows: [String(e)] }))
    out.push(what, ...r.rows.map((x: any) => '   ' + (x.detail ?? x['QUERY PLAN'] ?? x)))
  }
  if (!pg) {
    const ex = async (what: string, text: string) => { const r = await sql.raw('explain query plan ' + text).execute(app.db.read); out.push(what, ...r.rows.map((x: any) => '   ' + x.detail)) }
    await ex('sweep', `select distinct mailbox from relay_messages where state = 'waiting' and lease_until > ?1 and lease_until <= ?2`)
    await ex('sweep with > 0', `select distinct mailbox from relay_messages where state = 'waiting' and lease_until > 0 and lease_until > ?1 and lease_until <= ?2`)
    await ex('expire', `select seq from relay_messages where expires_at <= ?1 and state='waiting' and lease_until <= ?2 limit 500`)
    await ex('depth', `select count(*), sum(bytes) from relay_messages where mailbox = ?1 and state = 'waiting'`)
    await ex('expireMailbox', `update relay_messages set state='expired' where state='waiting' and lease_until <= ?1 and expires_at <= ?2 and mailbox = ?3`)
    await ex('thread', `select * from relay_messages where workspace_id=?1 and thread=?2 and thread<>'' and (mailbox=?3 or from_agent=?4) and seq > ?5 order by seq limit 10`)
    await ex('dead', `select * from relay_messages where workspace_id=?1 and state='dead' and mailbox=?2 and seq < ?3 order by seq desc limit 51`)
    await ex('min due', `select min(next_at) from relay_tasks where ended_at is null`)
    await ex('hurry', `select * from relay_tasks where to_agent='' and workspace_id=?1 and capability in (?2) and ended_at is null order by id limit 20`)
  } else {
    await plan('sweep', app.db.read.selectFrom('relay_messages').select('mailbox').distinct().where('state', '=', sql.lit('waiting')).where('lease_until', '>', now).where('lease_until', '<=', now + 60000))
    await plan('box', app.db.read.selectFrom('relay_messages').selectAll().where('mailbox', '=', bob.id).where('to_device', 'in', ['', 'x']).where('seq', '>', 190000).orderBy('seq').limit(10))
  }
  writeFileSync(`/tmp/vr-plan-${app.db.dialect}.txt`, out.join('\n'))
}, 120_000)
