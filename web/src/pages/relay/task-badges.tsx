import { Badge } from '../../kit/badge.tsx'
import { states, type Task } from './task-words.ts'

export function StateBadge({ state }: Pick<Task, 'state'>) {
  const { word, tone } = states[state]
  return <Badge tone={tone}>{word}</Badge>
}

/** Nothing where it is as most are. */
export function PriorityBadge({ priority }: Pick<Task, 'priority'>) {
  if (priority === 'normal') return null
  return <Badge tone={priority === 'urgent' ? 'bad' : priority === 'high' ? 'warn' : 'plain'}>{priority}</Badge>
}
