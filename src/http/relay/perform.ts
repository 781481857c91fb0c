import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Box } from '../../relay/box.ts'
import { subscribe } from '../../relay/broadcasts/subscribe.ts'
import { unsubscribe } from '../../relay/broadcasts/unsubscribe.ts'
import { extendMessages } from '../../relay/messages/extend-messages.ts'
import { sendMessage } from '../../relay/messages/send-message.ts'
import { changeTask } from '../../relay/tasks/change-task.ts'
import { delegateTask } from '../../relay/tasks/delegate-task.ts'
import type { Feed } from './feed.ts'
import type { Frame } from './frames.ts'

const msOf = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000)

/** Does what a frame asks for; gives what is told about it, or a fault. */
export async function perform(
  app: App,
  { box, feed }: { box: Box; feed: Feed },
  frame: Exclude<Frame, { type: 'hello' }>,
): Promise<Record<string, unknown> | Fault> {
  switch (frame.type) {
    case 'ack':
      return (await feed.ack([frame]))[0] ?? { id: frame.id }
    case 'release':
      return (await feed.release([frame], { problem: frame.problem }))[0] ?? { id: frame.id }
    case 'extend': {
      const [extended] = await extendMessages(app, box, [frame], frame.leaseSeconds * 1000)
      return extended instanceof Fault ? extended : { id: frame.id, ...extended }
    }
    case 'send': {
      const { type: _, ref: __, expiresInSeconds, ...message } = frame
      return sendMessage(app, box, { ...message, expiresInMs: msOf(expiresInSeconds) })
    }
    case 'delegate': {
      const { type: _, ref: __, deadlineSeconds, ...asked } = frame
      const task = await delegateTask(app, box, { ...asked, deadlineMs: msOf(deadlineSeconds) })
      return task instanceof Fault ? task : { task }
    }
    case 'step': {
      const { type: _, ref: __, id, ...changing } = frame
      const task = await changeTask(app, box, id, changing)
      return task instanceof Fault ? task : { task }
    }
    case 'subscribe':
      return subscribe(app, box, frame)
    case 'unsubscribe':
      return unsubscribe(app, box, frame.topic)
    case 'heartbeat':
      return { status: 'online' }
  }
}
