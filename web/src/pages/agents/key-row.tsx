import { CircleOff, Ellipsis, KeyRound, PlugZap, RefreshCw, SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { Badge } from '../../kit/badge.tsx'
import { useConfirm } from '../../kit/confirm.tsx'
import { ListRow } from '../../kit/list.tsx'
import { Menu } from '../../kit/menu.tsx'
import { Time } from '../../kit/time.tsx'
import { useToast } from '../../kit/toast.tsx'
import type { Names } from '../../scope/scope-sentence.ts'
import { type Agent, countOf, endOf, isKeyActive, type Key, keyName, keySentence } from './agent.ts'
import { ChangeKey } from './change-key.tsx'
import { menuButton } from './menu-button.ts'
import { RotateKey } from './rotate-key.tsx'

/** One key or grant: what it may do, when it was used, and what can be done about it. */
export function KeyRow({ agent, of: key, names }: { agent: Agent; of: Key; names: Names }) {
  const [open, setOpen] = useState<'change' | 'rotate'>()
  const revoke = useRevokeKey(agent, key)
  const isOauth = key.kind === 'oauth'
  const Icon = isOauth ? PlugZap : KeyRound
  return (
    <>
      <ListRow
        lead={<Icon className="mt-1 size-4 shrink-0 self-start text-faint" aria-hidden />}
        title={
          <>
            {isOauth ? 'Grant' : <span className="font-mono font-normal text-sm">{key.key}</span>}
            {isOauth && <Badge tone="sea">OAuth</Badge>}
            <Badge tone={key.environment === 'test' ? 'warn' : 'plain'}>{key.environment}</Badge>
            {key.state !== 'active' && <Badge tone="bad">{key.state}</Badge>}
            {key.state === 'active' && key.replacedBy && <Badge tone="warn">being replaced</Badge>}
          </>
        }
        about={
          <>
            <p className="text-ink">{keySentence(key, names)}</p>
            <p className="text-faint">
              {key.lastUsedAt ? (
                <>
                  Last used <Time at={key.lastUsedAt} />
                </>
              ) : (
                'Never used'
              )}{' '}
              · made <Time at={key.createdAt} /> · <End of={key} />
            </p>
          </>
        }
        actions={
          key.state === 'active' && (
            <Menu
              label={`More about ${keyName(key)} of ${agent.name}`}
              className={menuButton}
              items={[
                { label: 'Change what it may do…', icon: SlidersHorizontal, onSelect: () => setOpen('change') },
                ...(isOauth || key.replacedBy
                  ? []
                  : [{ label: 'Rotate…', icon: RefreshCw, onSelect: () => setOpen('rotate') }]),
                'line',
                { label: 'Revoke…', icon: CircleOff, danger: true, onSelect: revoke },
              ]}
            >
              <Ellipsis className="size-4" aria-hidden />
            </Menu>
          )
        }
      />
      {open === 'change' && <ChangeKey of={key} onClose={() => setOpen(undefined)} />}
      {open === 'rotate' && <RotateKey of={key} onClose={() => setOpen(undefined)} />}
    </>
  )
}

function End({ of: key }: { of: Key }) {
  const isSoon = key.state === 'active' && key.replacedBy !== null && key.expiresAt !== null
  if (!isSoon) return <>{endOf(key)}</>
  return (
    <>
      ends <Time at={key.expiresAt ?? ''} />
    </>
  )
}

/** Revokes a key, after saying what that ends. */
function useRevokeKey(agent: Agent, key: Key): () => Promise<void> {
  const confirm = useConfirm()
  const toast = useToast()
  const isOauth = key.kind === 'oauth'
  const revoke = useSend('DELETE /keys/{id}', {
    refresh: ['GET /agents'],
    onSuccess: () => toast(isOauth ? 'Grant revoked.' : 'Key revoked.'),
    onError: problem => toast(`${problem.message} ${problem.fix}`, 'bad'),
  })
  return async () => {
    const others = countOf(agent.keys.filter(each => isKeyActive(each) && each.id !== key.id))
    const ends = isOauth
      ? 'Every token of this grant stops working within a second. The program has to ask you again.'
      : `Whatever uses ${key.key} is refused from now on. This cannot be undone.`
    const stays = others ? `${agent.name} keeps its other ${others}.` : `${agent.name} can do nothing then.`
    const yes = await confirm({
      title: isOauth ? `Revoke the OAuth grant of ${agent.name}?` : `Revoke this key of ${agent.name}?`,
      about: `${ends} ${stays}`,
      action: isOauth ? 'Revoke grant' : 'Revoke key',
      danger: true,
    })
    if (yes) revoke.mutate({ params: { id: key.id } })
  }
}
