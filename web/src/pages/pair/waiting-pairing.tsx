import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Problem } from '../../api/problem.ts'
import { ask, askAll, useSend } from '../../api/queries.ts'
import { Panel } from '../../frame/panel.tsx'
import { Form } from '../../kit/form.tsx'
import { Note } from '../../kit/note.tsx'
import { type Choices, fitWish } from '../../scope/choices.ts'
import { DecisionBar } from '../../scope/decision-bar.tsx'
import { draftOf, termsOf } from '../../scope/draft.ts'
import { ScopeForm } from '../../scope/scope-form.tsx'
import type { useWorkspaceChoice } from '../../scope/use-workspace-choice.ts'
import { WorkspaceSelect } from '../../scope/workspace-select.tsx'
import { AgentChoice, type AgentWish, isTaken } from './agent-choice.tsx'
import { AskedBy } from './asked-by.tsx'
import type { Pairing } from './pairing.ts'

type Props = { pairing: Pairing; choices: Choices } & ReturnType<typeof useWorkspaceChoice>

/** A device that waits for somebody to compare its code, choose what it may do, and answer. */
export function WaitingPairing({ pairing, choices, workspace, workspaces, choose }: Props) {
  const { id, environment, label, userCode } = pairing
  const [wish] = useState(() => fitWish(pairing.scope, environment, choices))
  const [draft, setDraft] = useState(() => draftOf({ environment, scope: wish.scope }))
  const [agent, setAgent] = useState<AgentWish>({ isNew: true, name: label })
  const { data: { items: agents = [] } = {} } = useQuery(askAll('GET /agents'))
  const pairingNow = useQuery(ask('GET /pairings/{id}', { params: { id } }))
  const options = {
    refresh: ['GET /pairings/{id}', 'GET /agents'] as ('GET /pairings/{id}' | 'GET /agents')[],
    onError: (problem: Problem) => {
      // Somebody else was faster, or it is too late: the page then shows how it stands.
      if (problem.code === 'conflict') void pairingNow.refetch()
    },
  }
  const approve = useSend('POST /pairings/{id}/approve', options)
  const deny = useSend('POST /pairings/{id}/deny', options)
  const params = { id }
  const allow = () => {
    // Unnamed it can only become a new agent, also when one of its name appears this moment.
    const named = agent.isNew && agent.name.trim() === label ? {} : { agent: agent.name.trim() }
    approve.mutate({ params, body: { ...termsOf(draft), ...named } })
  }
  return (
    <Panel wide title="Pair this device?" about="Approve only if your own device shows exactly this code:">
      <Form className="gap-6" onSubmit={allow}>
        <output
          aria-label="The code"
          className="block rounded-xl border border-line bg-sunken px-2 py-5 text-center font-mono font-semibold text-[clamp(2rem,11vw,3.5rem)] text-ink leading-none tracking-[0.06em]"
        >
          {userCode}
        </output>
        <AskedBy pairing={pairing} choices={choices} />
        {wish.missing.length > 0 && (
          <Note tone="warn" title="It also asked for what is not here.">
            Left out: {wish.missing.join(', ')}
          </Note>
        )}
        {workspace && <WorkspaceSelect workspace={workspace} workspaces={workspaces} onChoose={choose} />}
        <AgentChoice wish={agent} label={label} agents={agents} onChange={setAgent} />
        <ScopeForm draft={draft} choices={choices} onChange={setDraft} />
        <DecisionBar
          draft={draft}
          choices={choices}
          allow="Approve"
          blocked={isTaken(agent, agents)}
          problem={approve.error ?? deny.error}
          busy={approve.isPending ? 'allow' : deny.isPending ? 'deny' : undefined}
          onDeny={() => deny.mutate({ params })}
        />
      </Form>
    </Panel>
  )
}
