import type { RelayTaskState } from '../../db/relay-schema.ts'

/** What those who have to do with a task can do with it. */
export const taskSteps = ['accept', 'progress', 'ask', 'answer', 'complete', 'fail', 'reject', 'cancel'] as const
export type TaskStep = (typeof taskSteps)[number]

/** Who has the task, and who gave it or is told how it goes. */
export type TaskRole = 'assignee' | 'sender'

const open = ['submitted', 'accepted', 'in_progress', 'input_required'] as const

/** All states: those in which something may still be done, and those in which it has ended. */
export const taskStates = [
  ...open,
  'completed',
  'failed',
  'rejected',
  'canceled',
  'expired',
] as const satisfies readonly RelayTaskState[]

/** Who may take which step, from which states, and where it leads. Working on a task accepts it on the way. */
const table: Record<TaskStep, { by: TaskRole; from: readonly RelayTaskState[]; to: RelayTaskState }> = {
  accept: { by: 'assignee', from: ['submitted'], to: 'accepted' },
  progress: { by: 'assignee', from: open, to: 'in_progress' },
  ask: { by: 'assignee', from: ['submitted', 'accepted', 'in_progress'], to: 'input_required' },
  answer: { by: 'sender', from: ['input_required'], to: 'in_progress' },
  complete: { by: 'assignee', from: open, to: 'completed' },
  fail: { by: 'assignee', from: open, to: 'failed' },
  reject: { by: 'assignee', from: ['submitted', 'accepted'], to: 'rejected' },
  cancel: { by: 'sender', from: open, to: 'canceled' },
}

export const isOpen = (state: RelayTaskState): boolean => open.some(each => each === state)

/** Where a step leads; `repeated` when it was taken before; `not_yours` or `not_now` when it cannot be taken. Pure. */
export function afterStep(
  state: RelayTaskState,
  step: TaskStep,
  roles: readonly TaskRole[],
): { state: RelayTaskState } | 'repeated' | 'not_yours' | 'not_now' {
  const { by, from, to } = table[step]
  if (!roles.includes(by)) return 'not_yours'
  if (from.includes(state)) return { state: to }
  return state === to ? 'repeated' : 'not_now'
}

/** The steps that this role can take now. Pure. */
export const stepsFrom = (state: RelayTaskState, roles: readonly TaskRole[]): TaskStep[] =>
  taskSteps.filter(step => roles.includes(table[step].by) && table[step].from.includes(state))
