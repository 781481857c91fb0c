import { useQuery } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { ask } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { List } from '../../kit/list.tsx'
import { Page } from '../../kit/page.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { useIsAdmin } from '../../session/use-me.ts'
import { InvitationList } from './invitation-list.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { MemberRow } from './member-row.tsx'

/** Who is in the workspace, and who is invited. */
export function MembersPage() {
  const isAdmin = useIsAdmin()
  const members = useQuery(ask('GET /members'))
  const [inviting, setInviting] = useState(false)
  const owners = members.data?.items.filter(({ role }) => role === 'owner').length ?? 0
  return (
    <Page
      title="Members"
      about="The people of this workspace. They pair agents, connect apps and decide about approvals."
      actions={
        isAdmin && (
          <Button look="primary" icon={UserPlus} onClick={() => setInviting(true)}>
            Invite
          </Button>
        )
      }
    >
      {members.error && <ProblemNote problem={members.error} />}
      <Card flush>
        {members.isPending && <SkeletonRows rows={2} />}
        {members.data && (
          <List label="Members">
            {members.data.items.map(member => (
              <MemberRow key={member.id} member={member} isLastOwner={member.role === 'owner' && owners === 1} />
            ))}
          </List>
        )}
      </Card>
      {isAdmin && <InvitationList />}
      <InviteDialog open={inviting} onClose={() => setInviting(false)} />
    </Page>
  )
}
