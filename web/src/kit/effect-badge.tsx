import { Eye, Flame, PenLine } from 'lucide-react'
import { Badge } from './badge.tsx'

export type Effect = 'read' | 'write' | 'destructive'

const looks = {
  read: { tone: 'sea', icon: Eye },
  write: { tone: 'warn', icon: PenLine },
  destructive: { tone: 'bad', icon: Flame },
} as const

/** What a tool does to the account: reads it, writes to it, or destroys something there. */
export function EffectBadge({ effect }: { effect: Effect }) {
  return <Badge {...looks[effect]}>{effect}</Badge>
}
