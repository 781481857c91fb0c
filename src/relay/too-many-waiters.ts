import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { Box } from './box.ts'
import { mailboxTopic } from './wake.ts'

/** Of one agent in one process, connections and waiting requests together. */
const waitersMax = 100

/** Why an agent may not wait at its mailbox once more, if it does so at very many places already. */
export function tooManyWaiters({ wakes }: App, { agentId }: Box): Fault | undefined {
  if (wakes.listenerCount(mailboxTopic(agentId)) < waitersMax) return undefined
  return new Fault('rate_limited', `This agent waits for messages at ${waitersMax} places already.`, {
    fix: 'End some of them first, or ask without waiting. One that waits gets all that comes into the mailbox.',
  })
}
