import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { isId } from '../../core/ids.ts'
import { isSameText } from '../../core/is-same-text.ts'
import { hurryJob } from '../../jobs/enqueue.ts'
import { keptRequest } from '../parked.ts'

/**
 * The provider says that something has happened, so it is asked at once. What it sends is not read: anybody who comes to
 * know the URL could send it, and the worst that does is one question more. Only the last part of the URL is compared, since
 * what stands before it may be a proxy's.
 */
export async function wakeJob(app: App, callId: string, token: string): Promise<Fault | undefined> {
  const nothing = new Fault('not_found', 'Nothing is waiting here.')
  if (!isId('call', callId)) return nothing
  const row = await app.db.read.selectFrom('calls').selectAll().where('id', '=', callId).executeTakeFirst()
  if (row?.state !== 'submitted' && row?.state !== 'sending') return nothing
  const request = await keptRequest(app, row)
  const known = request instanceof Fault ? undefined : request.callback?.split('/').at(-1)
  if (!known || !isSameText(known, token)) return nothing
  await app.db.write(tx => hurryJob(app, tx, { kind: 'resume_call', subject: callId }))
  return undefined
}
