import { Link } from '@tanstack/react-router'
import { Badge } from '../../kit/badge.tsx'
import { Time } from '../../kit/time.tsx'
import { durationText } from './amounts.ts'
import { accountOf, agentOf, type Call, toneOf } from './call.ts'

/** The same calls below each other, where a table would not fit. */
export function CallList({ calls }: { calls: readonly Call[] }) {
  return (
    <ul aria-label="Calls" className="divide-y divide-line xl:hidden">
      {calls.map(call => (
        <li key={call.callId}>
          <Link
            to="/usage/$callId"
            params={{ callId: call.callId }}
            className="flex flex-col gap-1 px-4 py-3 hover:bg-hover focus-visible:-outline-offset-2"
          >
            <span className="flex items-center justify-between gap-3">
              <span className="min-w-0 truncate font-medium font-mono text-[0.8125rem]">{call.tool}</span>
              <Badge tone={toneOf(call.outcome)}>{call.outcome}</Badge>
            </span>
            {call.code && <span className="font-mono text-soft text-xs">{call.code}</span>}
            <span className="wrap-anywhere text-soft text-sm">
              {[agentOf(call), accountOf(call)].filter(Boolean).join(' · ')}
            </span>
            <span className="flex flex-wrap items-center gap-x-1.5 text-faint text-xs tabular-nums">
              <Time at={call.startedAt} /> · {durationText(call.durationMs)}
              {call.attempts > 1 && ` · ${call.attempts} attempts`}
              {call.environment === 'test' && <Badge>test</Badge>}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
