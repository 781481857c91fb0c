import { useNavigate } from '@tanstack/react-router'
import { Ellipsis, KeyRound, ListTree, PenLine, Power, PowerOff, Send, Trash2, Webhook } from 'lucide-react'
import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { Badge } from '../../kit/badge.tsx'
import { useConfirm } from '../../kit/confirm.tsx'
import { ListRow } from '../../kit/list.tsx'
import { Menu } from '../../kit/menu.tsx'
import { Time } from '../../kit/time.tsx'
import { useToast } from '../../kit/toast.tsx'
import { menuButton } from '../agents/menu-button.ts'
import { ChangeEndpoint } from './change-endpoint.tsx'
import { affected, type Endpoint, nameOf } from './endpoint.ts'
import { ReplaceSecret } from './replace-secret.tsx'

/** One endpoint: what it is told, how it stands, and what can be done with it. */
export function EndpointRow({ endpoint, canChange }: { endpoint: Endpoint; canChange: boolean }) {
  const [open, setOpen] = useState<'change' | 'secret'>()
  const navigate = useNavigate()
  const { id, url, types, state, failingSince } = endpoint
  const name = nameOf(endpoint)
  const test = useTest(name)
  const turn = useTurn(endpoint)
  const remove = useRemove(endpoint)
  const close = () => setOpen(undefined)
  const showDeliveries = () => void navigate({ to: '/events', search: { view: 'deliveries', endpoint: id } })
  return (
    <>
      <ListRow
        align="start"
        lead={<Webhook className="mt-1 size-4 shrink-0 text-faint" aria-hidden />}
        title={
          <>
            <span className="wrap-anywhere min-w-0">{name}</span>
            {state === 'off' ? (
              <Badge>off</Badge>
            ) : failingSince ? (
              <Badge tone="bad">failing</Badge>
            ) : (
              <Badge tone="good">on</Badge>
            )}
          </>
        }
        about={
          <>
            <p className="line-clamp-2 break-all font-mono text-[0.8125rem]">{url}</p>
            <p className="text-faint">
              {types.includes('*') ? 'Everything' : types.join(', ')}
              {failingSince && (
                <>
                  {' · first failed '}
                  <Time at={failingSince} />
                </>
              )}
            </p>
          </>
        }
        actions={
          <Menu
            label={`More about ${name}`}
            className={menuButton}
            items={[
              { label: 'Deliveries', icon: ListTree, onSelect: showDeliveries },
              ...(canChange
                ? [
                    {
                      label: 'Send a test',
                      icon: Send,
                      onSelect: () => test.mutate({ params: { id } }),
                      disabled: state === 'off' || test.isPending,
                    },
                    { label: 'Change…', icon: PenLine, onSelect: () => setOpen('change') },
                    { label: 'New secret…', icon: KeyRound, onSelect: () => setOpen('secret') },
                    state === 'on'
                      ? { label: 'Turn off', icon: PowerOff, onSelect: turn }
                      : { label: 'Turn on', icon: Power, onSelect: turn },
                    'line' as const,
                    { label: 'Remove…', icon: Trash2, danger: true, onSelect: remove },
                  ]
                : []),
            ]}
          >
            <Ellipsis className="size-4" aria-hidden />
          </Menu>
        }
      />
      {open === 'change' && <ChangeEndpoint endpoint={endpoint} onClose={close} />}
      {open === 'secret' && <ReplaceSecret endpoint={endpoint} onClose={close} />}
    </>
  )
}

function useTest(name: string) {
  const toast = useToast()
  return useSend('POST /endpoints/{id}/test', {
    refresh: affected,
    onSuccess: () => toast(`A test is on its way to ${name}. Deliveries say how it went.`),
    onError: problem => toast(`${problem.message} ${problem.fix}`, 'bad'),
  })
}

function useTurn(endpoint: Endpoint): () => void {
  const toast = useToast()
  const next = endpoint.state === 'on' ? 'off' : 'on'
  const change = useSend('PATCH /endpoints/{id}', {
    refresh: affected,
    onSuccess: () => toast(`${nameOf(endpoint)} is ${next === 'on' ? 'on: it is told from now on' : 'turned off'}.`),
    onError: problem => toast(`${problem.message} ${problem.fix}`, 'bad'),
  })
  return () => change.mutate({ params: { id: endpoint.id }, body: { state: next } })
}

function useRemove(endpoint: Endpoint): () => Promise<void> {
  const confirm = useConfirm()
  const toast = useToast()
  const name = nameOf(endpoint)
  const remove = useSend('DELETE /endpoints/{id}', {
    refresh: affected,
    onSuccess: () => toast(`${name} is removed.`),
    onError: problem => toast(`${problem.message} ${problem.fix}`, 'bad'),
  })
  return async () => {
    const yes = await confirm({
      title: `Remove ${name}?`,
      about: 'Its secret and its deliveries go with it, and what is still on its way. This cannot be undone.',
      action: 'Remove endpoint',
      danger: true,
    })
    if (yes) remove.mutate({ params: { id: endpoint.id } })
  }
}
