import { useQuery } from '@tanstack/react-query'
import { MailOpen } from 'lucide-react'
import { ask, useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { useConfirm } from '../../kit/confirm.tsx'
import { List, ListRow } from '../../kit/list.tsx'
import { Time } from '../../kit/time.tsx'
import { useToast } from '../../kit/toast.tsx'
import { roleName } from './roles.ts'

/** The invitations that can still be accepted; nothing when there are none. */
export function InvitationList() {
  const invitations = useQuery(ask('GET /invitations'))
  const confirm = useConfirm()
  const toast = useToast()
  const end = useSend('DELETE /invitations/{id}', {
    refresh: ['GET /invitations'],
    onSuccess: () => toast('The invitation was taken back.'),
    onError: problem => toast(problem.message, 'bad'),
  })
  if (!invitations.data || invitations.data.items.length === 0) return null

  const askToEnd = async (id: string) => {
    const yes = await confirm({
      title: 'Take this invitation back?',
      about: 'Its link stops working. You can make a new one.',
      action: 'Take back',
      danger: true,
    })
    if (yes) end.mutate({ params: { id } })
  }
  return (
    <Card title="Open invitations" flush>
      <List label="Open invitations">
        {invitations.data.items.map(({ id, role, email, createdBy, expiresAt }) => (
          <ListRow
            key={id}
            lead={
              <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-hover text-faint">
                <MailOpen className="size-4" aria-hidden />
              </span>
            }
            title={email ?? 'Whoever has the link'}
            about={
              <>
                {roleName(role)} · by {createdBy ?? 'the command line'} · ends <Time at={expiresAt} />
              </>
            }
            actions={
              <Button size="small" look="quiet" onClick={() => askToEnd(id)}>
                Take back
              </Button>
            }
          />
        ))}
      </List>
    </Card>
  )
}
