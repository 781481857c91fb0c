import type { IncomingMessage } from 'node:http'
import type { App } from '../app.ts'
import { innerFault } from '../db/inner-fault.ts'
import type { Answer } from './answer.ts'
import { problem } from './problem.ts'

/** The answer to a request that failed inside ClawLink. The cause stays in the log: its text may quote anything. */
export function failed(app: App, cause: unknown, { method, url }: IncomingMessage): Answer {
  app.log.error({ err: cause, method, path: url?.split('?', 1)[0] }, 'a request failed inside ClawLink')
  return problem(innerFault(cause))
}
