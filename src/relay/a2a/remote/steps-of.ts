import { Artifact, type Task, TaskState } from '@a2a-js/sdk'
import type { TaskChanging } from '../../tasks/change-task.ts'
import { textOf } from '../a2a-task.ts'

/** What the state of a task at a remote agent means for ours: the steps to take, of which only the first may be repeated. Pure. */
export function stepsOf({ status, artifacts }: Task): TaskChanging[] {
  const text = status?.message ? textOf(status.message.parts).slice(0, 10_000) : ''
  const note = text || undefined
  const result = resultOf(artifacts)
  switch (status?.state) {
    case TaskState.TASK_STATE_WORKING:
      return [{ step: 'progress', note }]
    case TaskState.TASK_STATE_INPUT_REQUIRED:
      return [{ step: 'ask', question: text || 'The remote agent needs more input.' }]
    case TaskState.TASK_STATE_AUTH_REQUIRED:
      return [{ step: 'ask', question: text || 'The remote agent needs an authorization.' }]
    case TaskState.TASK_STATE_COMPLETED:
      return [{ step: 'complete', note, result: result ?? note }]
    case TaskState.TASK_STATE_FAILED:
      return [{ step: 'fail', reason: text || 'The remote agent failed.', result }]
    case TaskState.TASK_STATE_REJECTED:
      return [
        { step: 'reject', reason: text || 'The remote agent rejected it.' },
        { step: 'fail', reason: text || 'The remote agent rejected it.' },
      ]
    case TaskState.TASK_STATE_CANCELED:
      return [{ step: 'fail', reason: text || 'The remote agent canceled it.' }]
    default:
      return []
  }
}

/** One text as that, everything else as it was; undefined for nothing. */
function resultOf(artifacts: readonly Artifact[]): unknown {
  const parts = artifacts.flatMap(artifact => artifact.parts)
  const [only] = parts
  if (!only) return undefined
  if (parts.length === 1 && only.content?.$case === 'text') return only.content.value
  return { a2a: { artifacts: artifacts.map(each => Artifact.toJSON(each)) } }
}
