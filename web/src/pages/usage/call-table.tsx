import { Link } from '@tanstack/react-router'
import { Badge } from '../../kit/badge.tsx'
import { EffectBadge } from '../../kit/effect-badge.tsx'
import { Cell, Row, Table } from '../../kit/table.tsx'
import { Time } from '../../kit/time.tsx'
import { durationText } from './amounts.ts'
import { accountOf, agentOf, type Call, effectOf, toneOf } from './call.ts'
import { useProviderNames } from './use-provider-names.ts'

/** Calls with a column for each thing that matters, where there is room for that. */
export function CallTable({ calls }: { calls: readonly Call[] }) {
  return (
    <div className="max-xl:hidden">
      <Table label="Calls" head={['When', 'Tool', 'Agent', 'Account', 'Outcome', 'Took']}>
        {calls.map(call => (
          <CallRow key={call.callId} call={call} />
        ))}
      </Table>
    </div>
  )
}

function CallRow({ call }: { call: Call }) {
  const providerName = useProviderNames()
  const effect = effectOf(call)
  return (
    <Row>
      <Cell>
        <span className="text-soft">
          <Time at={call.startedAt} />
        </span>
      </Cell>
      <Cell>
        <Link
          to="/usage/$callId"
          params={{ callId: call.callId }}
          className="block max-w-72 truncate font-medium font-mono text-[0.8125rem] hover:underline"
          title={call.tool}
        >
          {call.tool}
        </Link>
        <span className="mt-0.5 flex items-center gap-1.5 text-faint text-xs">
          {call.provider ? providerName(call.provider) : 'no such tool'}
          {effect && <EffectBadge effect={effect} />}
          {call.environment === 'test' && <Badge>test</Badge>}
        </span>
      </Cell>
      <Cell>
        <span className="block max-w-36 truncate">{agentOf(call)}</span>
      </Cell>
      <Cell>
        <span className="block max-w-36 truncate" title={accountOf(call) ?? ''}>
          {accountOf(call) ?? <span className="text-faint">none</span>}
        </span>
      </Cell>
      <Cell>
        <Badge tone={toneOf(call.outcome)}>{call.outcome}</Badge>
        {call.code && (
          <span className="mt-0.5 block font-mono text-soft text-xs" title={call.problem?.title}>
            {call.code}
          </span>
        )}
      </Cell>
      <Cell>
        <span className="tabular-nums">{durationText(call.durationMs)}</span>
        {call.attempts !== 1 && (
          <span className="mt-0.5 block text-faint text-xs tabular-nums">
            {call.attempts === 0 ? 'not sent' : `${call.attempts} attempts`}
          </span>
        )}
      </Cell>
    </Row>
  )
}
