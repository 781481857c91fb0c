import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../../core/errors.ts'
import { dim, jsonText, yellow } from '../print.ts'
import type { Server } from '../rest.ts'
import { type Flags, orExit } from '../settings.ts'
import { untilStopped } from '../until-stopped.ts'
import type { Message } from './shapes.ts'
import { messageLines } from './show-message.ts'
import { settleMessage, takeMessages } from './take-messages.ts'

const atOnce = 10
const waitSeconds = 50
const retryMs = { first: 500, most: 10_000 }

/**
 * Shows what arrives until it is stopped, as JSON lines with `--json`. What was written out is acknowledged; what was not, since
 * nobody reads any more, is given back. A relay that is restarted meanwhile is waited for.
 */
export async function follow(server: Server, flags: Flags): Promise<void> {
  const stop = new AbortController()
  const stopped = untilStopped().then(() => stop.abort())
  process.stderr.write(`${dim('Waiting for what arrives. Ctrl-C stops it.')}\n`)
  let waitMs: number = retryMs.first
  while (!stop.signal.aborted) {
    const taken = await takeMessages(server, { limit: atOnce, waitSeconds, signal: stop.signal }).catch(cause => {
      if (!stop.signal.aborted) throw cause
      return []
    })
    if (taken instanceof Fault) {
      if (!['provider_unavailable', 'rate_limited', 'internal'].includes(taken.code)) orExit(taken, flags)
      if (waitMs === retryMs.first) process.stderr.write(`${yellow(taken.message)} ${dim('Trying again.')}\n`)
      await sleep(taken.details.retryAfterMs ?? waitMs, undefined, { signal: stop.signal }).catch(() => {})
      waitMs = Math.min(waitMs * 2, retryMs.most)
      continue
    }
    waitMs = retryMs.first
    // What answers at once though there is nothing, as something on the way may, is not asked without end.
    if (!taken.length) await sleep(retryMs.first, undefined, { signal: stop.signal }).catch(() => {})
    for (const message of taken) await show(server, message, flags, stop)
  }
  await stopped
  process.exit(0)
}

async function show(server: Server, message: Message, flags: Flags, stop: AbortController): Promise<void> {
  const isOut = !stop.signal.aborted && (await write(flags.json ? jsonText(message) : `${messageLines(message)}\n`))
  const refused = await settleMessage(server, message, isOut ? 'ack' : 'release')
  if (refused && isOut) process.stderr.write(`${yellow(refused.message)} ${dim('It may come again.')}\n`)
  if (!isOut && !stop.signal.aborted) process.exit(0)
}

/** Whether it is out: nobody may be reading any more. */
function write(lines: string): Promise<boolean> {
  return new Promise(resolve => {
    process.stdout.write(`${lines}\n`, cause => resolve(!cause))
  })
}
