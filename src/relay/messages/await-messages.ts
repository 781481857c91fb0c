import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { waitUntil } from '../../core/wait-until.ts'
import type { Box } from '../box.ts'
import { mailboxTopic } from '../wake.ts'
import { type Claim, claimMessages } from './claim-messages.ts'
import type { Message } from './message.ts'
import { releaseMessages } from './release-messages.ts'

/** What is given at once is one answer, in memory here and there: of a hundred messages each may be 1 MiB. */
const bytesMax = 4 * 1024 * 1024

/**
 * As `claimMessages`, and waits up to `waitMs` for something to come. Waiting costs nothing but a little memory: no row is
 * read before somebody says that there may be something. `gone`: nobody is there to take them any more; then nothing is taken,
 * or given back at once. `mayStill`: asked before anything is taken.
 * A fault when this agent waits at too many places already.
 */
export async function awaitMessages(
  app: App,
  box: Box,
  {
    waitMs,
    gone = () => false,
    mayStill = async () => true,
    ...claim
  }: Claim & { waitMs: number; gone?: () => boolean; mayStill?: () => Promise<boolean> },
): Promise<Message[] | Fault> {
  const topic = mailboxTopic(box.agentId)
  let isEnded = false
  const done = (found: Message[]) => found.length > 0 || isEnded
  const waiting = { who: box.agentId, topic, waitMs, done, gone, everyMs: Number.POSITIVE_INFINITY }
  const found = await waitUntil(app, waiting, async () => {
    isEnded = !(await mayStill())
    return isEnded || gone() ? [] : claimMessages(app, box, { bytesMax, ...claim })
  })
  if (found instanceof Fault || !found.length || !gone()) return found
  await releaseMessages(
    app,
    box,
    found.map(({ id, lease }) => ({ id, lease: lease ?? '' })),
    { unseen: true },
  )
  return []
}
