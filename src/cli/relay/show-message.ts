import { bold, day, dim, plain, plainLines } from '../print.ts'
import type { Message } from './shapes.ts'

/** A message as a person reads it: who, when and what, and how to answer. */
export function messageLines(message: Message): string {
  const { kind, from, taskId, priority, createdAt, body } = message
  const who = from ? `from ${bold(plain(from.name))}` : 'from ClawLink'
  const notes = [day(Date.parse(createdAt)), ...(priority === 'normal' ? [] : [priority]), ...again(message)]
  const head = `${titles[kind] ?? plain(kind)} ${who}  ${dim(notes.join('  '))}`
  const next =
    kind === 'task' && taskId !== null ? [dim(`  clawlink respond ${plain(taskId)} --status complete --result …`)] : []
  return [head, ...indented(said(kind, body)), ...next].join('\n')
}

const titles: Record<string, string> = {
  message: 'Message',
  task: 'Task',
  task_update: 'News of a task',
  broadcast: 'Broadcast',
}

const again = ({ deliveries }: Message) => (deliveries > 1 ? [`for the ${deliveries}. time`] : [])

function said(kind: string, body: unknown): string {
  const { task, context, attachments, state, taskId, topic, content, ...rest } = Object(body)
  if (kind === 'task') {
    const files = Array.isArray(attachments) && attachments.length ? [`Files: ${attachments.join(', ')}`] : []
    return [task, ...(context === undefined ? [] : [asText(context)]), ...files].join('\n')
  }
  if (kind === 'task_update') return [`${taskId}: ${state}`, ...wordsSaid(rest)].join('\n')
  return kind === 'broadcast' ? `${topic}: ${asText(content)}` : asText(body)
}

/** All that was said with a step, what is said twice once. Pure. */
export const wordsSaid = ({ question, answer, reason, note, result }: Record<string, unknown>): string[] => [
  ...new Set([question, answer, reason, note, result].filter(word => (word ?? null) !== null).map(asText)),
]

/** What somebody sent: a text as it is, everything else as JSON. */
export const asText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')

const indented = (words: string) =>
  plainLines(words)
    .split('\n')
    .map(line => `  ${line}`)
