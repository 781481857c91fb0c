import { createHash } from 'node:crypto'
import { AgentCard, Message, Role, type Task, TaskState } from '@a2a-js/sdk'
import type { Client } from '@a2a-js/sdk/client'
import { A2AError } from '@a2a-js/sdk/errors'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import type { A2aSentRow } from '../../../db/a2a-schema.ts'
import type { JobEnd } from '../../../jobs/job.ts'
import { changeTask, type TaskChanging } from '../../tasks/change-task.ts'
import { getTask, type TaskDetail } from '../../tasks/get-task.ts'
import { textPart } from '../a2a-task.ts'
import { seenBy } from '../seen-by.ts'
import { boxOfRemote, findRemote, tokenOf } from './remote.ts'
import { type LastResult, remoteClient } from './remote-client.ts'
import { stepsOf } from './steps-of.ts'

const pollMinMs = 1_000
const pollMaxMs = 30_000

type Link = { app: App; sent: A2aSentRow; client: Client; last(): LastResult | undefined }

/**
 * Brings a task to its remote agent, and what that says of it back as steps of the task; again from time to time until it
 * has ended. A message that may have arrived is not sent again: it is looked for there, and where it cannot be found the
 * task fails, saying so. What this throws is tried again.
 */
export async function forwardTask(app: App, taskId: string): Promise<JobEnd> {
  const sent = await app.db.read.selectFrom('a2a_sent').selectAll().where('task_id', '=', taskId).executeTakeFirst()
  if (!sent) return 'done'
  const task = await getTask(app, seenBy(sent.workspace_id, sent.agent_id), taskId)
  const remote = await findRemote(app, sent.workspace_id, sent.agent_id)
  if (task instanceof Fault) return 'done'
  if (!remote) return fail(app, sent, 'The remote agent was removed.')
  const token = await tokenOf(app, remote)
  if (token instanceof Fault) return fail(app, sent, token.message)
  const { client, last } = await remoteClient(app, AgentCard.fromJSON(JSON.parse(remote.card)), token)
  const link: Link = { app, sent, client, last }

  // What the remote agent has ended itself is not to be stopped there.
  if (task.endedAt !== null) return task.state === 'canceled' || task.state === 'expired' ? cancelThere(link) : 'done'
  if (sent.state === 'sending') return lookFor(link)
  if (sent.state === 'waiting') return send(link, firstMessage(task, `clawlink-${task.id}`), 1)
  const answer = task.history.findLast(({ step, version }) => step === 'answer' && version > sent.told_version)
  if (answer) return send(link, answerMessage(link, answer.said.answer, answer.version), answer.version)
  return take(link, await client.getTask({ tenant: '', id: sent.remote_id, historyLength: undefined }))
}

/** What its job could not do in all its tries. */
export async function giveUp(app: App, taskId: string): Promise<void> {
  const sent = await app.db.read.selectFrom('a2a_sent').selectAll().where('task_id', '=', taskId).executeTakeFirst()
  if (sent) await fail(app, sent, 'The remote agent could not be reached.')
}

async function send(link: Link, message: Message, version: number): Promise<JobEnd> {
  const { app, sent, client, last } = link
  // Noted before: whoever goes on after a crash knows that it may have arrived.
  await note(link, { state: 'sending', message_id: message.messageId, told_version: version })
  try {
    const said = await client.sendMessage({
      tenant: '',
      message,
      configuration: {
        acceptedOutputModes: ['text/plain', 'application/json'],
        taskPushNotificationConfig: undefined,
        returnImmediately: true,
      },
      metadata: undefined,
    })
    if ('messageId' in said) {
      await note(link, { state: 'sent' })
      return complete(link, said)
    }
    await note(link, { state: 'sent', remote_id: said.id })
    if (version === 1) await step(app, sent, { step: 'accept' })
    return take({ ...link, sent: { ...sent, remote_id: said.id, state: 'sent' } }, said)
  } catch (cause) {
    const result = last()
    const isRefused = cause instanceof A2AError || (result?.kind === 'answered' && result.status < 500)
    const isBusy = result?.kind === 'answered' && [408, 425, 429, 503].includes(result.status)
    if ((result?.kind === 'lost' && result.reached === 'not_sent') || isBusy) {
      await note(link, { state: sent.state, message_id: sent.message_id, told_version: sent.told_version })
      throw cause
    }
    if (isRefused) return fail(app, sent, `The remote agent refused it: ${wordsOf(cause)}`)
    return { againAt: app.clock.now() + pollMinMs }
  }
}

/** Whether a message arrived of which that is not known. */
async function lookFor(link: Link): Promise<JobEnd> {
  const { app, sent, client } = link
  const has = ({ history }: Task) => history.some(({ messageId }) => messageId === sent.message_id)
  if (sent.remote_id) {
    const there = await client.getTask({ tenant: '', id: sent.remote_id, historyLength: undefined })
    const isAsking = there.status?.state === TaskState.TASK_STATE_INPUT_REQUIRED
    await note(link, { state: 'sent', ...(isAsking && !has(there) && { told_version: sent.told_version - 1 }) })
    return { againAt: app.clock.now() }
  }
  const found = client.protocolVersion === '0.3' ? undefined : (await recent(client)).find(has)
  if (!found)
    return fail(
      app,
      sent,
      'It may have reached the remote agent, whose answer did not come back, and it cannot be found there. It was not sent again.',
    )
  await note(link, { state: 'sent', remote_id: found.id })
  return take({ ...link, sent: { ...sent, state: 'sent', remote_id: found.id } }, found)
}

async function recent(client: Client): Promise<Task[]> {
  const page = await client.listTasks({
    tenant: '',
    contextId: '',
    status: TaskState.TASK_STATE_UNSPECIFIED,
    pageSize: 100,
    pageToken: '',
    historyLength: 100,
    statusTimestampAfter: undefined,
    includeArtifacts: false,
  })
  return page.tasks
}

/** Takes over what the remote agent says of a task, where that is new. */
async function take(link: Link, there: Task): Promise<JobEnd> {
  const { app, sent } = link
  const now = app.clock.now()
  const seen = createHash('sha256')
    .update(JSON.stringify([there.status, there.artifacts]))
    .digest('base64url')
  if (seen === sent.seen) return { againAt: now + pause(now - sent.seen_at) }
  for (const changing of stepsOf(there)) {
    const changed = await changeTask(app, boxOfRemote(sent), sent.task_id, changing)
    if (!(changed instanceof Fault)) {
      if (changed.endedAt !== null) return 'done'
      continue
    }
    if (changed.code === 'in_progress') throw new Error(changed.message)
    if (changed.code === 'payload_too_large') return tooLarge(app, sent, changed)
    // Whoever gave the task has no room for a question: it is asked again later.
    if (changed.code === 'quota_exceeded' && changing.step === 'ask') return { againAt: now + pollMaxMs }
    // It has ended here meanwhile, or cannot take this step: the next look sees what there is to do.
  }
  await note(link, { seen, seen_at: now })
  return { againAt: now + pollMinMs }
}

/** The longer nothing happened, the longer until it looks again. Pure. */
const pause = (quietMs: number) => Math.min(pollMaxMs, Math.max(pollMinMs, quietMs / 4))

/** It has ended here: the remote agent need not go on. Whether it still can be stopped is its own affair. */
async function cancelThere({ app, sent, client, last }: Link): Promise<JobEnd> {
  if (!sent.remote_id || sent.seen === 'ended') return 'done'
  try {
    await client.cancelTask({ tenant: '', id: sent.remote_id, metadata: undefined })
  } catch (cause) {
    const result = last()
    if (result?.kind === 'lost' && result.reached === 'not_sent') throw cause
  }
  await note({ app, sent, client, last }, { seen: 'ended' })
  return 'done'
}

async function complete({ app, sent }: Link, said: Message): Promise<JobEnd> {
  const { content } = said.parts.length === 1 && said.parts[0] ? said.parts[0] : {}
  const artifacts = [{ artifactId: said.messageId, name: 'result', parts: Object(Message.toJSON(said)).parts }]
  const result = content?.$case === 'text' ? content.value : { a2a: { artifacts } }
  await step(app, sent, { step: 'complete', result })
  return 'done'
}

async function fail(app: App, sent: A2aSentRow, reason: string): Promise<JobEnd> {
  await step(app, sent, { step: 'fail', reason: reason.slice(0, 1000) })
  return 'done'
}

async function step(app: App, sent: A2aSentRow, changing: TaskChanging): Promise<void> {
  const changed = await changeTask(app, boxOfRemote(sent), sent.task_id, changing)
  if (!(changed instanceof Fault) || changed.code === 'conflict' || changed.code === 'not_found') return
  if (changed.code !== 'payload_too_large') throw new Error(changed.message)
  await tooLarge(app, sent, changed)
}

/** It would be no smaller when asked for again. */
const tooLarge = (app: App, sent: A2aSentRow, { message }: Fault) =>
  fail(app, sent, `The remote agent has answered with more than can be kept. ${message}`)

async function note({ app, sent }: Link, set: Partial<A2aSentRow>): Promise<void> {
  await app.db.write(tx =>
    tx
      .updateTable('a2a_sent')
      .set(set)
      .where('task_id', '=', sent.task_id)
      .where('agent_id', '=', sent.agent_id) // another one may have it by now
      .execute(),
  )
}

/** What a client of ours sent goes on as it was; a task of the relay becomes text, and data where it has a context. */
function firstMessage(task: TaskDetail, messageId: string): Message {
  const parts = partsIn(task.context)
  if (parts) return outgoing(messageId, { parts })
  const context = task.context === null ? [] : [{ data: task.context, mediaType: 'application/json' }]
  return outgoing(messageId, { parts: [{ text: task.task, mediaType: 'text/plain' }, ...context] })
}

function answerMessage({ sent }: Link, answer: unknown, version: number): Message {
  const parts = partsIn(answer) ?? [
    typeof answer === 'string' ? { text: answer, mediaType: 'text/plain' } : { data: answer ?? null },
  ]
  return { ...outgoing(`clawlink-${sent.task_id}-${version}`, { parts }), taskId: sent.remote_id }
}

const outgoing = (messageId: string, { parts }: { parts: unknown[] }): Message => {
  const message = { ...Message.fromJSON({ messageId, parts }), role: Role.ROLE_USER }
  return message.parts.length ? message : { ...message, parts: [textPart('')] }
}

function partsIn(value: unknown): unknown[] | undefined {
  const { parts } = Object(Object(value).a2a)
  return Array.isArray(parts) ? parts : undefined
}

const wordsOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
