import { Ellipsis, IdCard, KeyRound, PenLine, Star, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { Badge } from '../../kit/badge.tsx'
import { useConfirm } from '../../kit/confirm.tsx'
import { ListRow } from '../../kit/list.tsx'
import { Menu } from '../../kit/menu.tsx'
import { Time } from '../../kit/time.tsx'
import { useToast } from '../../kit/toast.tsx'
import { menuButton } from '../agents/menu-button.ts'
import { ChangeSecret } from './change-secret.tsx'
import { affected, countOf, type OAuthApp } from './oauth-app.ts'
import { RenameApp } from './rename-app.tsx'

/**
 * One OAuth app and what can be done with it.
 * @param props `isOnly`: there is no other of its kind, so it is used without being the default
 */
export function AppRow({ app, canChange, isOnly }: { app: OAuthApp; canChange: boolean; isOnly: boolean }) {
  const [open, setOpen] = useState<'rename' | 'secret'>()
  const makeDefault = useMakeDefault(app)
  const remove = useRemove(app)
  return (
    <>
      <ListRow
        lead={<IdCard className="mt-1 size-4 shrink-0 self-start text-faint" aria-hidden />}
        title={
          <>
            {app.label}
            {app.label !== app.registrationName && <Badge>{app.registrationName}</Badge>}
            {app.isDefault && <Badge tone="sea">default</Badge>}
          </>
        }
        about={
          <>
            <p className="break-all font-mono text-[0.8125rem]">{app.clientId}</p>
            <p className="text-faint">
              {app.connections === 0 ? 'No connection uses it' : `Used by ${countOf(app.connections, 'connection')}`} ·
              added <Time at={app.createdAt} />
            </p>
          </>
        }
        actions={
          canChange && (
            <Menu
              label={`More about ${app.label}`}
              className={menuButton}
              items={[
                { label: 'Rename…', icon: PenLine, onSelect: () => setOpen('rename') },
                { label: 'Change secret…', icon: KeyRound, onSelect: () => setOpen('secret') },
                ...(app.isDefault || isOnly ? [] : [{ label: 'Make default', icon: Star, onSelect: makeDefault }]),
                'line',
                { label: 'Remove…', icon: Trash2, danger: true, onSelect: remove },
              ]}
            >
              <Ellipsis className="size-4" aria-hidden />
            </Menu>
          )
        }
      />
      {open === 'rename' && <RenameApp app={app} onClose={() => setOpen(undefined)} />}
      {open === 'secret' && <ChangeSecret app={app} onClose={() => setOpen(undefined)} />}
    </>
  )
}

function useMakeDefault(app: OAuthApp): () => void {
  const toast = useToast()
  const change = useSend('PATCH /oauth-apps/{id}', {
    refresh: [...affected],
    onSuccess: () => toast(`New ${app.registrationName} connections use ${app.label} now.`),
    onError: problem => toast(`${problem.message} ${problem.fix}`, 'bad'),
  })
  return () => change.mutate({ params: { id: app.id }, body: { isDefault: true } })
}

/** Removes it, after saying what that breaks. */
function useRemove(app: OAuthApp): () => Promise<void> {
  const confirm = useConfirm()
  const toast = useToast()
  const remove = useSend('DELETE /oauth-apps/{id}', {
    refresh: [...affected, 'GET /connections'],
    onSuccess: () => toast(`${app.label} is removed.`),
    onError: problem => toast(`${problem.message} ${problem.fix}`, 'bad'),
  })
  return async () => {
    const { connections } = app
    const isUsed = connections > 0
    const yes = await confirm({
      title: `Remove ${app.label}?`,
      about: isUsed
        ? `${countOf(connections, 'connection')} ${connections === 1 ? 'was' : 'were'} made with it. ${connections === 1 ? 'It stops' : 'They stop'} as soon as the present token ends, and each has to be reconnected with another OAuth app. This cannot be undone.`
        : 'No connection uses it. At the provider it stays until you delete it there.',
      action: isUsed ? 'Remove it all the same' : 'Remove',
      danger: true,
    })
    // What the person agreed to is what is sent: without connections it is not forced.
    if (yes) remove.mutate({ params: { id: app.id }, query: { force: isUsed ? 'true' : 'false' } })
  }
}
