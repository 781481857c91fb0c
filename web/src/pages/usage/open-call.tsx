import { useQuery } from '@tanstack/react-query'
import { askAll } from '../../api/queries.ts'
import { Card } from '../../kit/card.tsx'
import { CopyButton } from '../../kit/copy-button.tsx'
import { Page } from '../../kit/page.tsx'
import { Time } from '../../kit/time.tsx'
import { Fact, Facts } from '../../scope/fact.tsx'
import { AllCalls } from './all-calls.tsx'
import type { CallState } from './call.ts'
import { CancelButton } from './cancel-button.tsx'
import { StandingLine } from './standing-line.tsx'

/** One call that has not ended: what it is, and how it stands now. */
export function OpenCall({ call }: { call: CallState }) {
  const { callId, state, tool = '', agent, connection, startedAt } = call
  const agents = useQuery(askAll('GET /agents')).data?.items
  const connections = useQuery(askAll('GET /connections')).data?.items
  const agentName = agents?.find(({ id }) => id === agent)?.name ?? agent
  return (
    <Page
      title={agentName ? `A call of ${agentName}` : 'A call'}
      about={<AllCalls />}
      actions={<CancelButton call={{ callId, state, tool }} />}
    >
      <Card>
        <Facts>
          <Fact term="State">
            <div role="status">
              <StandingLine standing={call} />
            </div>
          </Fact>
          <Fact term="Tool">
            <code className="break-all font-mono">{tool}</code>
          </Fact>
          <Fact term="Account">{connections?.find(({ id }) => id === connection)?.label ?? connection}</Fact>
          <Fact term="Agent">{agentName}</Fact>
          {startedAt && (
            <Fact term="Made">
              <Time at={startedAt} />
            </Fact>
          )}
          <Fact term="Call id">
            <span className="-my-1.5 flex flex-wrap items-center gap-1">
              <code className="break-all font-mono text-[0.8125rem]">{callId}</code>
              <CopyButton text={callId} label="call id" />
            </span>
          </Fact>
        </Facts>
      </Card>
    </Page>
  )
}
