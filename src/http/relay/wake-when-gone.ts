import type { App } from '../../app.ts'
import type { Caller } from '../../calls/call.ts'
import { mailboxTopic } from '../../relay/wake.ts'

/** What `wait` gives. When the connection closes meanwhile, whoever waits at this mailbox looks whether it is theirs. */
export async function wakeWhenGone<T>(
  { wakes }: App,
  { agentId, caller }: { agentId: string; caller: Caller | undefined },
  wait: () => Promise<T>,
): Promise<T> {
  const onGone = () => void wakes.emit(mailboxTopic(agentId))
  caller?.on('close', onGone)
  try {
    return await wait()
  } finally {
    caller?.off('close', onGone)
  }
}
