import { ArrowDown, ArrowUp, Pencil, Trash2 } from 'lucide-react'
import { useSend } from '../../api/queries.ts'
import { Badge } from '../../kit/badge.tsx'
import { useConfirm } from '../../kit/confirm.tsx'
import { IconButton } from '../../kit/icon-button.tsx'
import { List, ListRow } from '../../kit/list.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { Time } from '../../kit/time.tsx'
import { useNow } from '../../kit/use-now.ts'
import { decisionLook, type Rule, sentence } from './rule.ts'
import { useNames } from './use-names.ts'

/** The rules in the order in which they are asked. */
export function RuleList({
  rules,
  canChange,
  onEdit,
}: {
  rules: readonly Rule[]
  canChange: boolean
  onEdit(rule: Rule): void
}) {
  const now = useNow()
  const names = useNames()
  const confirm = useConfirm()
  const order = useSend('POST /rules/order', { refresh: ['GET /rules'] })
  const remove = useSend('DELETE /rules/{id}', { refresh: ['GET /rules'] })
  const problem = order.error ?? remove.error
  const move = (from: number, to: number) => {
    const ids = rules.map(rule => rule.id)
    ids.splice(to, 0, ...ids.splice(from, 1))
    order.mutate({ body: { ids } })
  }
  const askToRemove = async ({ id, name }: Rule) => {
    const about = 'From then on calls are decided without it.'
    const yes = await confirm({ title: `Remove the rule “${name}”?`, about, action: 'Remove rule', danger: true })
    if (yes) remove.mutate({ params: { id } })
  }
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <List label="Rules in their order">
        {rules.map((rule, at) => (
          <ListRow
            key={rule.id}
            lead={<span className="w-5 text-right text-faint text-sm tabular-nums">{at + 1}</span>}
            title={
              <>
                <Badge tone={decisionLook[rule.decision].tone}>{decisionLook[rule.decision].label}</Badge>
                {rule.name}
              </>
            }
            about={
              <>
                {sentence(rule.match, names)}
                {rule.expiresAt && (
                  <>
                    {' '}
                    {Date.parse(rule.expiresAt) > now ? 'Ends' : 'Ended'} <Time at={rule.expiresAt} />.
                  </>
                )}
              </>
            }
            actions={
              canChange && (
                <>
                  <IconButton
                    icon={ArrowUp}
                    label={`Move “${rule.name}” up`}
                    disabled={at === 0 || order.isPending}
                    onClick={() => move(at, at - 1)}
                  />
                  <IconButton
                    icon={ArrowDown}
                    label={`Move “${rule.name}” down`}
                    disabled={at === rules.length - 1 || order.isPending}
                    onClick={() => move(at, at + 1)}
                  />
                  <IconButton icon={Pencil} label={`Change “${rule.name}”`} onClick={() => onEdit(rule)} />
                  <IconButton icon={Trash2} label={`Remove “${rule.name}”`} onClick={() => askToRemove(rule)} />
                </>
              )
            }
          />
        ))}
      </List>
    </>
  )
}
