import { Link, useNavigate } from '@tanstack/react-router'
import { CircleOff, Ellipsis, KeyRound, PenLine } from 'lucide-react'
import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { useConfirm } from '../../kit/confirm.tsx'
import { List } from '../../kit/list.tsx'
import { Menu } from '../../kit/menu.tsx'
import { Time } from '../../kit/time.tsx'
import { useToast } from '../../kit/toast.tsx'
import type { Names } from '../../scope/scope-sentence.ts'
import { type Agent, byState, countOf, isKeyActive } from './agent.ts'
import { Ended } from './ended.tsx'
import { KeyRow } from './key-row.tsx'
import { menuButton } from './menu-button.ts'
import { RenameAgent } from './rename-agent.tsx'

/** One agent: who made it, what it may do by which key, and what can be done about it. */
export function AgentCard({ agent, names }: { agent: Agent; names: Names }) {
  const [renaming, setRenaming] = useState(false)
  const navigate = useNavigate()
  const end = useEndAgent(agent)
  const { active, ended } = byState(agent.keys, isKeyActive)
  return (
    <Card
      flush
      title={agent.name}
      about={
        <>
          {agent.createdBy === null ? 'From the command line' : `Made by ${agent.createdBy}`} ·{' '}
          <Time at={agent.createdAt} />
        </>
      }
      actions={
        <div className="flex items-center gap-1">
          <Link
            to="/agents/new"
            search={{ agent: agent.name }}
            className={`${buttonStyle('secondary', 'small')} max-sm:hidden`}
            aria-label={`New key for ${agent.name}`}
          >
            <KeyRound aria-hidden />
            New key
          </Link>
          <Menu
            label={`More about ${agent.name}`}
            className={menuButton}
            items={[
              { label: 'Rename…', icon: PenLine, onSelect: () => setRenaming(true) },
              {
                label: 'New key…',
                icon: KeyRound,
                onSelect: () => void navigate({ to: '/agents/new', search: { agent: agent.name } }),
              },
              'line',
              {
                label: 'End this agent…',
                icon: CircleOff,
                danger: true,
                disabled: active.length === 0,
                onSelect: end,
              },
            ]}
          >
            <Ellipsis className="size-4" aria-hidden />
          </Menu>
        </div>
      }
    >
      {active.length > 0 ? (
        <List label={`Keys of ${agent.name}`}>
          {active.map(key => (
            <KeyRow key={key.id} agent={agent} of={key} names={names} />
          ))}
        </List>
      ) : (
        <p className="px-4 py-3 text-soft text-sm sm:px-5">It has no key that works, so it can do nothing.</p>
      )}
      {ended.length > 0 && (
        <div className="border-line border-t px-4 py-1.5 sm:px-5">
          <Ended what={`Ended: ${countOf(ended)}`}>
            <div className="-mx-4 border-line border-t sm:-mx-5">
              <List label={`Ended keys of ${agent.name}`}>
                {ended.map(key => (
                  <KeyRow key={key.id} agent={agent} of={key} names={names} />
                ))}
              </List>
            </div>
          </Ended>
        </div>
      )}
      {renaming && <RenameAgent agent={agent} onClose={() => setRenaming(false)} />}
    </Card>
  )
}

/** Ends an agent, after saying what that ends. */
function useEndAgent({ id, name, keys }: Agent): () => Promise<void> {
  const confirm = useConfirm()
  const toast = useToast()
  const end = useSend('DELETE /agents/{id}', {
    refresh: ['GET /agents'],
    onSuccess: () => toast(`${name} has ended.`),
    onError: problem => toast(`${problem.message} ${problem.fix}`, 'bad'),
  })
  return async () => {
    const yes = await confirm({
      title: `End ${name}?`,
      about: `This revokes its ${countOf(keys.filter(isKeyActive))} at once and for good. What it did stays in the record.`,
      action: 'End agent',
      danger: true,
    })
    if (yes) end.mutate({ params: { id } })
  }
}
