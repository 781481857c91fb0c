import type { Answer, Item } from '../../api/send.ts'
import type { Tone } from '../../kit/badge.tsx'

export type Task = Item<'GET /relay/tasks'>
export type TaskDetail = Answer<'GET /relay/tasks/{id}'>
export type TaskEvent = TaskDetail['history'][number]

/** Each state in a word or two. */
export const states: Record<Task['state'], { word: string; tone: Tone }> = {
  submitted: { word: 'not accepted yet', tone: 'plain' },
  accepted: { word: 'accepted', tone: 'sea' },
  in_progress: { word: 'in progress', tone: 'sea' },
  input_required: { word: 'waits for an answer', tone: 'warn' },
  completed: { word: 'done', tone: 'good' },
  failed: { word: 'failed', tone: 'bad' },
  rejected: { word: 'refused', tone: 'bad' },
  canceled: { word: 'canceled', tone: 'plain' },
  expired: { word: 'too late', tone: 'bad' },
}

/** Somebody by name; who is gone has none. Pure. */
export const nameOf = ({ id, name }: { id: string; name: string }): string => name || id

/** Whose task it is: the agent that has it, or what it takes to get it. Pure. */
export function receiverOf({ to, capability }: Pick<Task, 'to' | 'capability'>): string {
  if (to) return nameOf(to)
  return capability === null ? 'nobody' : `whoever can do ${capability}`
}

/** How a task stands, in a sentence. Pure. */
export function standingOf(task: Pick<Task, 'state' | 'from' | 'to' | 'capability'>): string {
  const from = nameOf(task.from)
  const to = task.to ? nameOf(task.to) : ''
  switch (task.state) {
    case 'submitted':
      return to ? `${to} has not accepted it yet.` : 'It waits until somebody is online who can do it.'
    case 'accepted':
      return `${to} has accepted it.`
    case 'in_progress':
      return `${to} works on it.`
    case 'input_required':
      return `${to} has asked something, and ${from} has not answered yet.`
    case 'completed':
      return `${to} has done it.`
    case 'failed':
      return to ? `${to} could not do it.` : 'It could not be done.'
    case 'rejected':
      return to ? `${to} did not want to do it.` : 'Nobody wanted to do it.'
    case 'canceled':
      return `${from} does not want it any more.`
    case 'expired':
      return 'Its deadline came before its end.'
  }
}

const steps: Record<string, string> = {
  delegate: 'gave the task',
  assign: 'found somebody who can do it',
  reassign: 'passed it on to somebody else who can do it',
  accept: 'accepted it',
  progress: 'went on with it',
  ask: 'asked something',
  answer: 'answered',
  complete: 'has done it',
  fail: 'could not do it',
  reject: 'refused it',
  cancel: 'canceled it',
  expire: 'ended it, since its deadline has come',
}

/** Who did what, in a sentence without its end. Pure. */
export function eventText({ by, step }: Pick<TaskEvent, 'by' | 'step'>): string {
  return `${by.kind === 'system' ? 'ClawLink' : nameOf(by)} ${steps[step] ?? step}`
}

/** What was said with a step, one thing each: what is the name of it, and what was said. Pure. */
export function saidIn(said: TaskEvent['said']): { term: string; value: unknown }[] {
  return Object.entries(said)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([term, value]) => ({ term: `${term.charAt(0).toUpperCase()}${term.slice(1)}`, value }))
}
