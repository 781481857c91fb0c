/** Tasks of the relay as A2A shows them (A2A 1.0, section 4). Pure. */
import {
  type Artifact,
  Artifact as ArtifactCodec,
  type Message,
  Message as MessageCodec,
  type Part,
  Role,
  type StreamResponse,
  type Task,
  TaskState,
} from '@a2a-js/sdk'
import type { RelayTaskState } from '../../db/relay-schema.ts'
import type { TaskDetail, TaskEvent } from '../tasks/get-task.ts'

/** A task that nobody finished in time has failed, as A2A sees it; one that was accepted is being worked on. */
export const stateOf: Record<RelayTaskState, TaskState> = {
  submitted: TaskState.TASK_STATE_SUBMITTED,
  accepted: TaskState.TASK_STATE_WORKING,
  in_progress: TaskState.TASK_STATE_WORKING,
  input_required: TaskState.TASK_STATE_INPUT_REQUIRED,
  completed: TaskState.TASK_STATE_COMPLETED,
  failed: TaskState.TASK_STATE_FAILED,
  rejected: TaskState.TASK_STATE_REJECTED,
  canceled: TaskState.TASK_STATE_CANCELED,
  expired: TaskState.TASK_STATE_FAILED,
}

/** Without `historyLength` all of the history. */
export type Shown = { historyLength?: number | undefined; artifacts?: boolean }

export function a2aTask(task: TaskDetail, { historyLength, artifacts = true }: Shown = {}): Task {
  const history = historyOf(task)
  const last = task.history.at(-1)
  return {
    id: task.id,
    contextId: task.thread,
    status: {
      state: stateOf[task.state],
      message: last && agentMessage(task, last),
      timestamp: task.updatedAt,
    },
    artifacts: artifacts ? task.history.flatMap(event => artifactsOf(task, event)) : [],
    history: historyLength === undefined ? history : historyLength === 0 ? [] : history.slice(-historyLength),
    metadata: undefined,
  }
}

/** What a stream says of all that happened after this version: artifacts first, then the state that they led to. */
export function updatesAfter(task: TaskDetail, version: number): StreamResponse[] {
  return task.history
    .filter(event => event.version > version)
    .flatMap(event => [
      ...artifactsOf(task, event).map(
        (artifact): StreamResponse => ({
          payload: {
            $case: 'artifactUpdate',
            value: {
              taskId: task.id,
              contextId: task.thread,
              artifact,
              append: false,
              lastChunk: true,
              metadata: undefined,
            },
          },
        }),
      ),
      {
        payload: {
          $case: 'statusUpdate',
          value: {
            taskId: task.id,
            contextId: task.thread,
            status: { state: stateOf[event.state], message: agentMessage(task, event), timestamp: event.at },
            metadata: undefined,
          },
        },
      },
    ])
}

/** Whether nothing more comes before the client does something, or at all. */
export const isPause = ({ state, endedAt }: Pick<TaskDetail, 'state' | 'endedAt'>): boolean =>
  endedAt !== null || state === 'input_required'

/** Everything that was said, by both sides, in order. */
function historyOf(task: TaskDetail): Message[] {
  const first = messageIn(task.context, task)
  return [
    first ?? textMessage(task, { id: `${task.id}-1`, role: Role.ROLE_USER, text: task.task }),
    ...task.history.flatMap(event => {
      const said = event.step === 'answer' ? answerOf(task, event) : agentMessage(task, event)
      return said ? [said] : []
    }),
  ]
}

function answerOf(task: TaskDetail, { said, version }: TaskEvent): Message {
  const { answer } = said
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer ?? '')
  return messageIn(answer, task) ?? textMessage(task, { id: `${task.id}-${version}`, role: Role.ROLE_USER, text })
}

/** What whoever has the task said with this step; of a system that gave up, why. */
function agentMessage(task: TaskDetail, { said, step, version }: TaskEvent): Message | undefined {
  if (step === 'answer' || step === 'cancel') return undefined
  const text =
    step === 'expire'
      ? 'Nobody finished the task before its deadline.'
      : [said.question, said.note, said.reason].find(each => typeof each === 'string' && each !== '')
  if (typeof text !== 'string') return undefined
  return textMessage(task, { id: `${task.id}-${version}`, role: Role.ROLE_AGENT, text })
}

/** The message of an A2A client, which is kept as it was sent. */
function messageIn(value: unknown, { id, thread }: TaskDetail): Message | undefined {
  const kept = memberOf(value, 'a2a')
  if (!isRecord(kept) || !Array.isArray(kept.parts)) return undefined
  return { ...MessageCodec.fromJSON(kept), taskId: id, contextId: thread }
}

/** Texts become text, what another A2A agent made stays as it was, and everything else is data. */
function artifactsOf(task: Pick<TaskDetail, 'id'>, { said, version }: TaskEvent): Artifact[] {
  const { result } = said
  if (result === undefined || result === null) return []
  const kept = memberOf(memberOf(result, 'a2a'), 'artifacts')
  const artifactId = `${task.id}-${version}`
  if (Array.isArray(kept) && kept.length > 0 && kept.every(isRecord))
    return kept.map((each, at) => ({
      ...ArtifactCodec.fromJSON(each),
      artifactId: typeof each.artifactId === 'string' && each.artifactId ? each.artifactId : `${artifactId}-${at}`,
    }))
  const part = typeof result === 'string' ? textPart(result) : dataPart(result)
  return [{ artifactId, name: 'result', description: '', parts: [part], metadata: undefined, extensions: [] }]
}

/** The texts of a message, one after the other. */
export const textOf = (parts: readonly Part[]): string =>
  parts.flatMap(({ content }) => (content?.$case === 'text' ? [content.value] : [])).join('\n\n')

function textMessage(
  task: Pick<TaskDetail, 'id' | 'thread'>,
  { id, role, text }: { id: string; role: Role; text: string },
): Message {
  return {
    messageId: id,
    contextId: task.thread,
    taskId: task.id,
    role,
    parts: [textPart(text)],
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  }
}

export const textPart = (text: string): Part => ({
  content: { $case: 'text', value: text },
  metadata: undefined,
  filename: '',
  mediaType: 'text/plain',
})

const dataPart = (value: unknown): Part => ({
  content: { $case: 'data', value },
  metadata: undefined,
  filename: '',
  mediaType: 'application/json',
})

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const memberOf = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined)
