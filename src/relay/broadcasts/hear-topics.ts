import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Box } from '../box.ts'
import { listSubscriptions } from './list-subscriptions.ts'
import { subscribe } from './subscribe.ts'
import { unsubscribe } from './unsubscribe.ts'

/** Subscribes to exactly these topics: to those that are new, and no more to the others. The tags of those that stay, stay. */
export async function hearTopics(app: App, box: Box, topics: readonly string[]): Promise<Fault | undefined> {
  const heard = (await listSubscriptions(app, box)).map(({ topic }) => topic)
  for (const topic of new Set(topics).difference(new Set(heard))) {
    const done = await subscribe(app, box, { topic })
    if (done instanceof Fault) return done
  }
  for (const topic of new Set(heard).difference(new Set(topics))) await unsubscribe(app, box, topic)
  return undefined
}
