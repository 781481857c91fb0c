import { bold, day, dim, plain, plainLines, print, printJson } from '../print.ts'
import { askRest, type Server } from '../rest.ts'
import type { Flags } from '../settings.ts'
import { type TaskDetail, taskDetailShape } from './shapes.ts'
import { wordsSaid } from './show-message.ts'

export const endedStates = ['completed', 'failed', 'rejected', 'canceled', 'expired']

export const getTask = (server: Server, id: string) =>
  askRest(server, { method: 'GET', path: `/relay/tasks/${encodeURIComponent(id)}`, shape: taskDetailShape })

/** A task with all that happened to it, and in full what was said last. */
export function showTask(task: TaskDetail, flags: Flags): void {
  if (flags.json) {
    printJson(task)
    return
  }
  print(`${bold(plain(task.task))}\n${dim(`${task.id}  ${task.state}`)}`)
  for (const { at, step, by, said } of task.history) {
    print(dim(`  ${day(Date.parse(at))}  ${step.padEnd(9)} ${plain(by.name)}`))
    for (const word of wordsSaid(said)) print(indented(word))
  }
}

const indented = (words: string) =>
  plainLines(words)
    .split('\n')
    .map(line => `    ${line}`)
    .join('\n')
