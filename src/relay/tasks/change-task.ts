import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { RelayTaskRow } from '../../db/relay-schema.ts'
import { listIn } from '../agents/agent.ts'
import { agentById } from '../agents/find-recipient.ts'
import type { Box } from '../box.ts'
import { jsonOf } from '../messages/check-sent.ts'
import type { NewMessage } from '../messages/new-message.ts'
import { takeRoomFor } from '../messages/room.ts'
import { commitTask } from './commit-task.ts'
import { nextAtOf } from './next-at.ts'
import { passOn } from './pass-on.ts'
import { findTask, noTask, type Task, viewOfTask } from './task.ts'
import { updateMessage } from './task-messages.ts'
import { afterStep, isOpen, stepsFrom, type TaskRole, type TaskStep } from './task-state.ts'
import { wasSaid } from './was-said.ts'

export type TaskChanging = {
  step: TaskStep
  /** The version that this is based on: another one is a conflict. */
  version?: number | undefined
  note?: string | undefined
  question?: string | undefined
  answer?: unknown
  result?: unknown
  reason?: string | undefined
}

/** What is said as text, each. */
const textBytesMax = 32 * 1024
/** A task whose history is as long as this has to come to its end. */
const versionsMax = 1_000

/** So often another change comes in between before that is given up. */
const triesMax = 5

/**
 * Takes a task one step further and tells the other side. Who has it accepts, reports, asks, completes, fails or rejects it;
 * who gave it answers and cancels. Taking the last step again is harmless where nothing new is said with it. `conflict` when
 * that step cannot be taken now, or the task was given to somebody else.
 */
export async function changeTask(app: App, box: Box, id: string, changing: TaskChanging): Promise<Task | Fault> {
  app.relay.presence.note(box)
  const { step, version: _, ...said } = changing
  const json = jsonOf(said, 'result')
  if (json instanceof Fault) return json
  const tooLong = badTexts({ note: said.note, question: said.question, reason: said.reason })
  if (tooLong) return tooLong
  for (let tries = 0; tries < triesMax; tries++) {
    const row = await findTask(app, box.workspaceId, id)
    if (!row) return noTask(id)
    const roles = rolesOf(row, box.agentId)
    if (!roles.length) return listIn(row.tried).includes(box.agentId) ? passedOn(app, row) : noTask(id)
    if (changing.version !== undefined && changing.version !== row.version) return otherVersion(row)
    const after = afterStep(row.state, step, roles)
    if (after === 'repeated' && (await wasSaid(app, row, { step, said }))) return viewOfTask(app, row)
    if (typeof after === 'string') return notNow(row, step, roles)
    if (row.version >= versionsMax && isOpen(after.state)) return tooManySteps()
    const changed = await take(app, box, row, { step, state: after.state, said })
    if (changed) return changed instanceof Fault ? changed : viewOfTask(app, changed)
  }
  return new Fault('in_progress', 'The task is being changed by others just now.', { fix: 'Try again.' })
}

async function take(
  app: App,
  box: Box,
  row: RelayTaskRow,
  { step, state, said }: { step: TaskStep; state: RelayTaskRow['state']; said: Record<string, unknown> },
): Promise<RelayTaskRow | Fault | undefined> {
  const by = { by_kind: 'agent' as const, by_id: box.agentId }
  // Who could do it says no: the next one may say yes.
  if (step === 'reject' && row.capability) return passOn(app, row, { step, by, said })
  const set = {
    state,
    lease_until: 0,
    ended_at: isOpen(state) ? null : app.relay.now(),
  }
  const after = { ...row, ...set, version: row.version + 1 }
  const messages = await told(app, box, after, { step, said })
  if (messages instanceof Fault) return messages
  return commitTask(app, row, {
    set: { ...set, next_at: nextAtOf(app, after) },
    step,
    by,
    said,
    messages,
    // Whoever has not acknowledged it would get it again though nothing is left to do.
    withdraw: !isOpen(state),
  })
}

/**
 * The other side hears of it. Nobody can flood it by what may be said again and again: reports that find a full mailbox are
 * in the history only, and questions and answers are refused. What comes once for each task always arrives.
 */
async function told(
  app: App,
  box: Box,
  after: RelayTaskRow,
  { step, said }: { step: TaskStep; said: Record<string, unknown> },
): Promise<NewMessage[] | Fault> {
  const receivers = step === 'answer' || step === 'cancel' ? [after.to_agent] : [after.reply_to]
  const messages = receivers.filter(Boolean).map(to => updateMessage(app, after, { to, from: box, step, said }))
  if (step !== 'progress' && step !== 'ask' && step !== 'answer') return messages
  const full = (await Promise.all(messages.map(each => takeRoomFor(app, each)))).find(each => each !== undefined)
  if (!full) return messages
  return step === 'progress' ? [] : full
}

function rolesOf(row: RelayTaskRow, agentId: string): TaskRole[] {
  return [
    ...(row.to_agent === agentId ? (['assignee'] as const) : []),
    ...(row.from_agent === agentId || row.reply_to === agentId ? (['sender'] as const) : []),
  ]
}

async function passedOn(app: App, row: RelayTaskRow): Promise<Fault> {
  const has = row.to_agent ? await agentById(app, row.workspace_id, row.to_agent) : undefined
  return new Fault(
    'conflict',
    `The task is not yours any more: ${has ? `${has.name} has it` : 'it waits for another'}.`,
    {
      fix: 'Stop working on it. You were quiet for too long, or had rejected it.',
    },
  )
}

function badTexts(texts: Record<string, string | undefined>): Fault | undefined {
  const problem = `must be ${textBytesMax} bytes at most`
  const invalidFields = Object.entries(texts).flatMap(([field, text]) =>
    Buffer.byteLength(text ?? '') > textBytesMax ? [{ field, problem }] : [],
  )
  const named = invalidFields.map(({ field }) => `${field} ${problem}`).join('; ')
  return named ? new Fault('validation_error', `Not valid: ${named}.`, { invalidFields }) : undefined
}

const tooManySteps = () =>
  new Fault('quota_exceeded', `A task has ${versionsMax} changes at most.`, {
    fix: 'Complete, fail or cancel it, and go on in a new task.',
  })

function otherVersion({ version }: RelayTaskRow): Fault {
  return new Fault('conflict', `The task has changed: it is at version ${version}.`, {
    fix: 'Read the task, then decide whether the step is still wanted.',
  })
}

function notNow(row: RelayTaskRow, step: TaskStep, roles: readonly TaskRole[]): Fault {
  const can = stepsFrom(row.state, roles)
  return new Fault('conflict', `The task is ${row.state}, and you cannot ${step} it now.`, {
    choices: can,
    fix: can.length ? `You can: ${can.join(', ')}.` : 'There is nothing that you can do about it now.',
  })
}
