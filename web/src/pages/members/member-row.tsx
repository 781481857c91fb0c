import { UserMinus } from 'lucide-react'
import { useSend } from '../../api/queries.ts'
import type { Item } from '../../api/send.ts'
import { Avatar } from '../../kit/avatar.tsx'
import { Badge } from '../../kit/badge.tsx'
import { useConfirm } from '../../kit/confirm.tsx'
import { IconButton } from '../../kit/icon-button.tsx'
import { ListRow } from '../../kit/list.tsx'
import { Select } from '../../kit/select.tsx'
import { Time } from '../../kit/time.tsx'
import { useToast } from '../../kit/toast.tsx'
import { useMe, useWorkspace } from '../../session/use-me.ts'
import { type Role, roleName, rolesBelow } from './roles.ts'

type Member = Item<'GET /members'>

/** One member: the role can be changed and the membership ended, up to one's own role. */
export function MemberRow({ member, isLastOwner }: { member: Member; isLastOwner: boolean }) {
  const { id: ownId } = useMe().person
  const { role: ownRole, name: workspace } = useWorkspace()
  const confirm = useConfirm()
  const toast = useToast()
  const onError = (problem: Error) => toast(problem.message, 'bad')
  const change = useSend('PATCH /members/{id}', {
    refresh: ['GET /members', 'GET /me'],
    onSuccess: ({ role }) => toast(`${member.name} is ${roleName(role).toLowerCase()} now.`),
    onError,
  })
  const remove = useSend('DELETE /members/{id}', {
    refresh: ['GET /members', 'GET /me', 'GET /agents'],
    onSuccess: ({ keys }) => toast(`${member.name} was removed${keys > 0 ? `, and ${keys} keys revoked` : ''}.`),
    onError,
  })
  const mayChange = ownRole !== 'member' && rolesBelow(ownRole).includes(member.role) && !isLastOwner
  const isMe = member.id === ownId

  const askToRemove = async () => {
    const yes = await confirm({
      title: isMe ? `Leave ${workspace}?` : `Remove ${member.name}?`,
      about: 'The membership ends at once, and every key that they made is revoked. Agents that use those keys stop.',
      action: isMe ? 'Leave workspace' : 'Remove member',
      danger: true,
    })
    if (yes) remove.mutate({ params: { id: member.id } })
  }
  return (
    <ListRow
      lead={<Avatar name={member.name} />}
      title={
        <>
          {member.name}
          {isMe && <Badge>you</Badge>}
        </>
      }
      about={
        <>
          {member.email} · since <Time at={member.since} />
        </>
      }
      actions={
        mayChange ? (
          <>
            <Select
              aria-label={`Role of ${member.name}`}
              className="w-32"
              value={member.role}
              disabled={change.isPending}
              options={rolesBelow(ownRole).map(role => ({ value: role, label: roleName(role) }))}
              onChange={event =>
                change.mutate({ params: { id: member.id }, body: { role: roleOf(event.target.value) } })
              }
            />
            <IconButton icon={UserMinus} label={`Remove ${member.name}`} onClick={askToRemove} />
          </>
        ) : (
          <Badge>{roleName(member.role)}</Badge>
        )
      }
    />
  )
}

const roleOf = (value: string): Role => (value === 'owner' || value === 'admin' ? value : 'member')
