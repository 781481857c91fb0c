import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { stopTopic } from '../../core/look-until.ts'
import { getTask, type TaskDetail } from '../tasks/get-task.ts'
import { mailboxTopic } from '../wake.ts'

export type Watch = {
  /** Nobody wants to know any more. */
  signal?: AbortSignal
  /** Whether whoever watches may still see it. */
  still?(): Promise<boolean>
}

/** How often it looks unasked: a report that finds a full mailbox wakes nobody. */
const lookEveryMs = 5_000

/**
 * A task as it is now and each time that it has changed, until it has ended, nobody wants to know any more, or the server
 * stops. Changes that follow each other closely come together. Waiting costs no query.
 */
export async function* watchTask(
  app: App,
  principal: AgentPrincipal,
  { id, agentId }: { id: string; agentId: string },
  { signal, still }: Watch = {},
): AsyncGenerator<TaskDetail, void, undefined> {
  let seen = 0
  for (;;) {
    // It listens before it looks, so that what happens in between is not missed.
    const pause = startPause(app, [mailboxTopic(principal.agentId), mailboxTopic(agentId)], signal)
    try {
      if (signal?.aborted || (still && !(await still()))) return
      if ((await versionOf(app, id)) !== seen) {
        const task = await getTask(app, principal, id)
        if (task instanceof Fault) return
        seen = task.version
        yield task
        if (task.endedAt !== null) return
      }
      if ((await pause.over) === 'stop') return
    } finally {
      pause.end()
    }
  }
}

async function versionOf({ db }: App, id: string): Promise<number | undefined> {
  const row = await db.read.selectFrom('relay_tasks').select('version').where('id', '=', id).executeTakeFirst()
  return row?.version
}

/** Until something may have happened, or waiting has no sense any more. */
function startPause({ clock, wakes }: App, topics: readonly string[], signal: AbortSignal | undefined) {
  const { promise: over, resolve } = Promise.withResolvers<'look' | 'stop'>()
  const onWake = () => resolve('look')
  const onStop = () => resolve('stop')
  for (const topic of topics) wakes.on(topic, onWake)
  wakes.on(stopTopic, onStop)
  signal?.addEventListener('abort', onStop)
  const cancelTimer = clock.after(lookEveryMs, onWake)
  return {
    over,
    end() {
      for (const topic of topics) wakes.off(topic, onWake)
      wakes.off(stopTopic, onStop)
      signal?.removeEventListener('abort', onStop)
      cancelTimer()
    },
  }
}
