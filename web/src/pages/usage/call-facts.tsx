import { Link } from '@tanstack/react-router'
import { CopyButton } from '../../kit/copy-button.tsx'
import { EffectBadge } from '../../kit/effect-badge.tsx'
import { Time } from '../../kit/time.tsx'
import { Fact, Facts } from '../../scope/fact.tsx'
import { durationText, sizeText } from './amounts.ts'
import { accountOf, type Call, effectOf } from './call.ts'
import { useProviderNames } from './use-provider-names.ts'

const exactly = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long' })
const surfaces: Record<string, string> = { mcp: 'MCP', rest: 'the REST API', cli: 'the command line' }

/** All that the record holds about a call. */
export function CallFacts({ call }: { call: Call }) {
  const providerName = useProviderNames()
  const effect = effectOf(call)
  return (
    <Facts>
      <Fact term="Tool">
        <span className="flex flex-wrap items-center gap-2">
          <code className="break-all font-mono">{call.tool}</code>
          {effect && <EffectBadge effect={effect} />}
        </span>
      </Fact>
      <Fact term="App">{call.provider ? providerName(call.provider) : 'None has such a tool.'}</Fact>
      <Fact term="Account">
        {accountOf(call) ?? <span className="text-soft">It failed before one was chosen.</span>}
        {call.connectionId && !call.connectionLabel && <span className="text-soft"> (removed since)</span>}
      </Fact>
      <Fact term="Agent">{call.agentName ?? call.agentId}</Fact>
      <Fact term="Came in over">
        {surfaces[call.surface] ?? call.surface}, {call.environment}
      </Fact>
      <Fact term="Made">
        {exactly.format(Date.parse(call.startedAt))}{' '}
        <span className="text-soft">
          (<Time at={call.startedAt} />)
        </span>
      </Fact>
      <Fact term="Took">
        {durationText(call.durationMs)}, {attemptsText(call.attempts)}
      </Fact>
      <Fact term="App answered">
        {call.providerStatus ? (
          `HTTP ${call.providerStatus}`
        ) : (
          <span className="text-soft">{call.attempts ? 'Nothing that could be used.' : 'It was not asked.'}</span>
        )}
      </Fact>
      <Fact term="Sizes">
        {sizeText(call.requestBytes)} sent, {sizeText(call.answerBytes)} for the agent
      </Fact>
      {call.approvalId && (
        <Fact term="Approval">
          <Link to="/approvals/$id" params={{ id: call.approvalId }} className="underline">
            A member was asked about it
          </Link>
        </Fact>
      )}
      <Fact term="Call id">
        <span className="-my-1.5 flex flex-wrap items-center gap-1">
          <code className="break-all font-mono text-[0.8125rem]">{call.callId}</code>
          <CopyButton text={call.callId} label="call id" />
        </span>
      </Fact>
    </Facts>
  )
}

const attemptsText = (attempts: number) =>
  attempts === 0 ? 'nothing was sent' : attempts === 1 ? 'one attempt' : `${attempts} attempts`
