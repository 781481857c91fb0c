import { dim, print, printJson } from '../print.ts'
import { type Flags, orExit, text } from '../settings.ts'
import { follow } from './follow.ts'
import { secondsOf } from './read-value.ts'
import { relayServer } from './server.ts'
import { messageLines } from './show-message.ts'
import { settleMessage, takeMessages } from './take-messages.ts'

/** Shows what is in the mailbox. What is not acknowledged comes again after a minute. */
export async function pollCommand(flags: Flags): Promise<void> {
  const waitSeconds = orExit(secondsOf(text(flags, 'wait') ?? '0', '--wait', 60), flags)
  const server = orExit(relayServer(flags), flags)
  if (flags.watch) return follow(server, flags)
  const items = orExit(await takeMessages(server, { limit: 50, waitSeconds }), flags)
  if (flags.json) printJson({ items })
  else if (!items.length) print('Nothing has arrived.')
  else print(items.map(messageLines).join('\n\n'))
  if (flags.ack) for (const message of items) orExit((await settleMessage(server, message, 'ack')) ?? 0, flags)
  else if (items.length && !flags.json) print(dim('\nIt comes again in a minute. With --ack it does not.'))
}
