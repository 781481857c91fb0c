import { useState } from 'react'
import type { Problem } from '../../api/problem.ts'
import { Form } from '../../kit/form.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import type { Choices } from '../../scope/choices.ts'
import { DecisionBar } from '../../scope/decision-bar.tsx'
import { draftOf, type Environment, modest, type Scope, termsOf } from '../../scope/draft.ts'
import { NoWorkspace } from '../../scope/no-workspace.tsx'
import { ScopeForm } from '../../scope/scope-form.tsx'
import { useChoices } from '../../scope/use-choices.ts'
import { useWorkspaceChoice } from '../../scope/use-workspace-choice.ts'
import { WorkspaceSelect } from '../../scope/workspace-select.tsx'
import type { Asking } from './asking.ts'
import { ClientFacts } from './client-facts.tsx'

/** What a client is let in with. */
export type Grant = { workspaceId: string; environment: Environment; scope: Scope; expiresInDays?: number }

type Props = {
  asking: Asking
  problem: Problem | null
  busy: 'allow' | 'deny' | undefined
  onAllow(grant: Grant): void
  onDeny(): void
}

/** Who asks, and what it would be let in with: the same for a browser's client and for a device. */
export function ConsentForm(props: Props) {
  const choice = useWorkspaceChoice()
  const { choices, problem } = useChoices()
  if (!choice.workspace) return <NoWorkspace />
  if (!choices) return problem ? <ProblemNote problem={problem} /> : <SkeletonRows />
  return <Terms key={choice.workspace.id} {...props} choices={choices} {...choice} workspace={choice.workspace} />
}

function Terms({
  asking,
  problem,
  busy,
  choices,
  workspace,
  workspaces,
  choose,
  onAllow,
  onDeny,
}: Props & { choices: Choices } & ReturnType<typeof useWorkspaceChoice> & { workspace: { id: string } }) {
  const [draft, setDraft] = useState(() => draftOf(modest))
  const allow = () => {
    const { environment, scope, expiresInDays } = termsOf(draft)
    onAllow({
      workspaceId: workspace.id,
      environment,
      scope,
      ...(expiresInDays !== undefined && { expiresInDays }),
    })
  }
  return (
    <Form onSubmit={allow} className="gap-6">
      <ClientFacts asking={asking} />
      <WorkspaceSelect workspace={workspace} workspaces={workspaces} onChoose={choose} />
      <ScopeForm draft={draft} choices={choices} limits={false} onChange={setDraft} />
      <DecisionBar draft={draft} choices={choices} allow="Allow" problem={problem} busy={busy} onDeny={onDeny} />
    </Form>
  )
}
