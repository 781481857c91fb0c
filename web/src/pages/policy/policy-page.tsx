import { useQuery } from '@tanstack/react-query'
import { ListChecks } from 'lucide-react'
import { useState } from 'react'
import { ask } from '../../api/queries.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { EffectBadge } from '../../kit/effect-badge.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Page } from '../../kit/page.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { useIsAdmin } from '../../session/use-me.ts'
import { Explain } from './explain.tsx'
import { decisionLook, type Rule } from './rule.ts'
import { RuleDialog } from './rule-dialog.tsx'
import { RuleList } from './rule-list.tsx'

/** What agents may do here: the rules in their order, what happens without one, and a way to ask which rule decides. */
export function PolicyPage() {
  const { data, error, isPending } = useQuery(ask('GET /rules'))
  const isAdmin = useIsAdmin()
  const [edited, edit] = useState<Rule | 'new'>()
  return (
    <Page
      title="Policy"
      about="The first rule that fits a call decides: allow it, ask a member, or deny it."
      actions={
        isAdmin && (
          <Button look="primary" onClick={() => edit('new')}>
            Add a rule
          </Button>
        )
      }
    >
      {error && <ProblemNote problem={error} />}
      <Card title="Rules" flush>
        {isPending && <SkeletonRows />}
        {data?.items.length === 0 && (
          <EmptyState icon={ListChecks} title="No rules yet">
            The standard below holds. A rule can be stricter or looser for an app, a tool, an agent, or what a call
            holds. {!isAdmin && 'An owner or admin can add one.'}
          </EmptyState>
        )}
        {data && data.items.length > 0 && <RuleList rules={data.items} canChange={isAdmin} onEdit={edit} />}
      </Card>
      {data && (
        <Card title="Where no rule fits">
          <ul className="flex flex-wrap gap-x-8 gap-y-2">
            {(['read', 'write', 'destructive'] as const).map(effect => (
              <li key={effect} className="flex items-center gap-2 text-sm">
                <EffectBadge effect={effect} />
                <span className="text-soft">calls:</span>
                <Badge tone={decisionLook[data.standard[effect]].tone}>
                  {decisionLook[data.standard[effect]].label}
                </Badge>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Explain />
      {edited && (
        <RuleDialog
          key={edited === 'new' ? 'new' : edited.id}
          rule={edited === 'new' ? undefined : edited}
          onClose={() => edit(undefined)}
        />
      )}
    </Page>
  )
}
