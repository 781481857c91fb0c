import type { Transaction } from 'kysely'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { version } from '../core/version.ts'
import type { DeliveryRow, EndpointRow, EventRow, Schema } from '../db/schema.ts'
import type { JobEnd, JobKind } from '../jobs/job.ts'
import { createSlots } from '../jobs/slots.ts'
import { lost, type WireResult } from '../net/wire.ts'
import { afterTry, type Next } from './after-try.ts'
import { urlProblem } from './endpoint.ts'
import { signingSecrets } from './endpoint-secret.ts'
import { messageOf } from './message.ts'
import { recordEvent } from './record-event.ts'
import { signatureOf } from './signature.ts'

const timeoutMs = 15_000

type Due = { delivery: DeliveryRow; endpoint: EndpointRow; event: EventRow }

/**
 * Brings one delivery to its endpoint, at least once: it is tried until it is taken or given up, and the receiver knows a
 * second try by the message id. Its job is in the same commit as its event, so none is lost.
 */
export function deliverJob(app: App): JobKind {
  const slots = createSlots(app.clock.now, { atOnce: 4, ofOne: 2 })
  return {
    failuresMax: Number.POSITIVE_INFINITY,
    async run({ subject }) {
      const due = await findDue(app, subject)
      if (!due) return 'done'
      const { delivery, endpoint } = due
      if (delivery.next_at !== null && delivery.next_at > app.clock.now()) return { againAt: delivery.next_at }
      if (endpoint.state === 'off')
        return settle(app, due, { state: 'failed', problem: 'The endpoint is turned off.', turnOff: false }, delivery)
      const slot = slots.take(endpoint.id)
      if ('againAt' in slot) return slot
      try {
        return await tryOnce(app, due)
      } finally {
        slot.leave()
      }
    },
  }
}

async function tryOnce(app: App, due: Due): Promise<JobEnd> {
  const { delivery, endpoint, event } = due
  const result = await send(app, due)
  const nowMs = app.clock.now()
  const attempts = delivery.attempts + 1
  const failingSince = endpoint.failing_since ?? nowMs
  const once = event.type === 'endpoint.test'
  const next = afterTry(result, { attempts, failingSince, once, nowMs, random: app.random })
  return settle(app, due, next, { attempts, status: result.kind === 'answered' ? result.status : 0 })
}

/** Sends it, unless its URL may not be reached (any more). */
async function send(app: App, { endpoint, event }: Due): Promise<WireResult> {
  const problem = urlProblem(app.config, endpoint.url)
  if (problem !== undefined) return lost('not_sent', 'blocked_address', `The URL ${problem}.`)
  const now = app.clock.now()
  const secrets = await signingSecrets(app.db.read, app.vault, endpoint, now)
  if (secrets instanceof Fault) throw new Error(secrets.message)
  const timestamp = Math.floor(now / 1000)
  const body = JSON.stringify(messageOf(event, app.url()))
  return app.net.send({
    method: 'POST',
    url: endpoint.url,
    headers: {
      'content-type': 'application/json',
      'user-agent': `clawlink/${version}`,
      'webhook-id': event.id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatureOf(secrets, { id: event.id, timestamp, body }),
    },
    credential: {},
    body,
    redirects: 'none',
    timeoutMs,
  })
}

/** Notes what became of a try. When another worker has noted one meanwhile, that one counts. */
async function settle(
  app: App,
  { delivery, endpoint, event }: Due,
  next: Next,
  { attempts, status }: Pick<DeliveryRow, 'attempts' | 'status'>,
): Promise<JobEnd> {
  const nowMs = app.clock.now()
  await app.db.write(async tx => {
    const { numUpdatedRows } = await tx
      .updateTable('deliveries')
      .set({
        state: next.state,
        attempts,
        status,
        problem: next.state === 'delivered' ? '' : next.problem,
        next_at: next.state === 'waiting' ? next.at : null,
        ended_at: next.state === 'waiting' ? null : nowMs,
      })
      .where('id', '=', delivery.id)
      .where('state', '=', 'waiting')
      .where('attempts', '=', delivery.attempts)
      .executeTakeFirst()
    if (numUpdatedRows === 0n || attempts === delivery.attempts) return
    if (next.state === 'delivered') await noteReached(tx, endpoint)
    // A test says how things stand; it does not count against the endpoint.
    else if (event.type !== 'endpoint.test') await noteFailing(tx, endpoint, nowMs)
    if (next.state === 'failed' && next.turnOff) await turnOff(tx, app, endpoint, next.turnOff)
  })
  return next.state === 'waiting' ? { againAt: next.at } : 'done'
}

async function noteReached(tx: Transaction<Schema>, { id }: EndpointRow): Promise<void> {
  await tx
    .updateTable('endpoints')
    .set({ failing_since: null })
    .where('id', '=', id)
    .where('failing_since', 'is not', null)
    .execute()
}

async function noteFailing(tx: Transaction<Schema>, { id, url }: EndpointRow, nowMs: number): Promise<void> {
  await tx
    .updateTable('endpoints')
    .set({ failing_since: nowMs })
    .where('id', '=', id)
    .where('url', '=', url) // not that of a new URL
    .where('failing_since', 'is', null)
    .execute()
}

/** Turns an endpoint off that wants nothing any more or cannot be reached, once, and tells the others. */
async function turnOff(
  tx: Transaction<Schema>,
  app: App,
  { id, workspace_id: workspaceId, url, about }: EndpointRow,
  why: 'gone' | 'failing',
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('endpoints')
    .set({ state: 'off' })
    .where('id', '=', id)
    .where('url', '=', url)
    .where('state', '=', 'on')
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return
  const reason = why === 'gone' ? 'It answered with 410.' : 'Nothing has reached it for five days.'
  // The host alone: a URL may be a secret of its receiver.
  const facts = { host: new URL(url).host, about, reason }
  await recordEvent(tx, app, { workspaceId, type: 'endpoint.disabled', subject: id, facts })
}

async function findDue({ db }: App, id: string): Promise<Due | undefined> {
  const delivery = await db.read
    .selectFrom('deliveries')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
  if (!delivery) return undefined
  const { workspace_id, endpoint_id, event_id } = delivery
  const [endpoint, event] = await Promise.all([
    db.read
      .selectFrom('endpoints')
      .selectAll()
      .where('id', '=', endpoint_id)
      .where('workspace_id', '=', workspace_id)
      .executeTakeFirst(),
    db.read
      .selectFrom('events')
      .selectAll()
      .where('id', '=', event_id)
      .where('workspace_id', '=', workspace_id)
      .executeTakeFirst(),
  ])
  return endpoint && event && { delivery, endpoint, event }
}
