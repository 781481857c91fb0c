import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { isId } from '../../core/ids.ts'
import { hurryJob } from '../../jobs/enqueue.ts'
import { keptRequest } from '../parked.ts'

/** Where the provider says that it is done with this call. Its last part is known to that provider alone. */
export const callbackUrl = (app: App, callId: string) =>
  `${app.url()}/hooks/calls/${callId}/${randomBytes(32).toString('base64url')}`

/**
 * The provider says that something has happened: it is asked at once. What it sends is not read, since anybody could send
 * it who comes to know the URL, of which the last part counts: what stands before it may be a proxy's; the worst that does is one question more.
 */
export async function wakeJob(app: App, callId: string, token: string): Promise<Fault | undefined> {
  const nothing = new Fault('not_found', 'Nothing is waiting here.')
  if (!isId('call', callId)) return nothing
  const row = await app.db.read.selectFrom('calls').selectAll().where('id', '=', callId).executeTakeFirst()
  if (row?.state !== 'submitted' && row?.state !== 'sending') return nothing
  const request = await keptRequest(app, row)
  const known = request instanceof Fault ? undefined : request.callback?.split('/').at(-1)
  if (!known || !same(known, token)) return nothing
  await app.db.write(tx => hurryJob(app, tx, { kind: 'resume_call', subject: callId }))
  return undefined
}

function same(known: string, given: string): boolean {
  const [a, b] = [Buffer.from(known), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
