/** What receivers do with what they get. */
import { Fault } from '../../../src/core/errors.ts'
import { ackMessages } from '../../../src/relay/messages/ack-messages.ts'
import { extendMessages } from '../../../src/relay/messages/extend-messages.ts'
import { releaseMessages } from '../../../src/relay/messages/release-messages.ts'
import { changeTask } from '../../../src/relay/tasks/change-task.ts'
import type { TaskStep } from '../../../src/relay/tasks/task-state.ts'
import { type Change, during, type Holding, type Life } from './life.ts'
import type { Fate, Take } from './plan.ts'
import type { Process } from './process.ts'
import { boxOf } from './world.ts'

/** These were received together; what becomes of them comes later. */
export function received(life: Life, holdings: Holding[], { fate, work }: Pick<Take, 'fate' | 'work'>): void {
  life.holdings.push(...holdings)
  life.later.push({
    turn: life.turn + fate.turns,
    run: async () => {
      if (fate.how !== 'die' && fate.how !== 'release')
        for (const { agent, device, message } of holdings)
          if (message.kind === 'task' && message.taskId !== null)
            for (const each of work)
              await step(life, life.processes[fate.by], { agent, device, taskId: message.taskId, step: each })
      await meet(life, fate, holdings)
    },
  })
}

async function meet(life: Life, { how, by }: Fate, holdings: Holding[]): Promise<void> {
  if (how === 'release') return change(life, by, 'release', holdings)
  if (how === 'keep') {
    await change(life, by, 'extend', holdings)
    life.later.push({ turn: life.turn + 1, run: () => change(life, by, 'ack', holdings) })
    return
  }
  if (how !== 'die') await change(life, by, 'ack', holdings)
  if (how === 'ack twice') await change(life, by, 'ack', holdings)
}

async function change(life: Life, by: number, what: Change['what'], holdings: Holding[]): Promise<void> {
  const [first] = holdings
  if (!first) return
  const box = boxOf(life.world, first.agent, first.device)
  const held = holdings.map(({ message }) => ({ id: message.id, lease: message.lease ?? '' }))
  const never = { end: Number.POSITIVE_INFINITY, fromMs: 0, untilMs: 0 }
  const changes = holdings.map((holding): Change => ({ holding, what, code: 'unheard', start: life.ticks, ...never }))
  const reader = first.reader?.isOpen ? first.reader : undefined
  const { span, heard } = await during(life, reader?.process ?? life.processes[by], async app => {
    life.changes.push(...changes)
    if (what === 'ack') return reader ? reader.feed.ack(held) : ackMessages(app, box, held)
    if (what === 'release') return reader ? reader.feed.release(held) : releaseMessages(app, box, held)
    return extendMessages(app, box, held, first.leaseMs)
  })
  for (const [at, each] of changes.entries()) {
    const answer = heard?.told[at]
    Object.assign(each, span, heard && { code: answer instanceof Fault ? answer.code : undefined })
  }
}

export async function step(
  life: Life,
  process: Process | undefined,
  { agent, device, taskId, step }: { agent: number; device: string; taskId: string; step: TaskStep },
): Promise<void> {
  const box = boxOf(life.world, agent, device)
  const { span, heard } = await during(life, process, app => changeTask(app, box, taskId, { step }))
  life.steps.push({
    ...span,
    agent,
    taskId,
    step,
    code: heard ? (heard.told instanceof Fault ? heard.told.code : undefined) : 'unheard',
  })
}
