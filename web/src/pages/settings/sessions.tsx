import { useQuery } from '@tanstack/react-query'
import { MonitorSmartphone } from 'lucide-react'
import { ask, useSend } from '../../api/queries.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { List, ListRow } from '../../kit/list.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { Time } from '../../kit/time.tsx'
import { useToast } from '../../kit/toast.tsx'
import { browserName } from './browser-name.ts'
import { Part } from './part.tsx'

/** Where one is signed in, and signing out there. */
export function Sessions() {
  const sessions = useQuery(ask('GET /me/sessions'))
  const toast = useToast()
  const end = useSend('DELETE /me/sessions/{id}', {
    refresh: ['GET /me/sessions'],
    onSuccess: () => toast('Signed out there.'),
    onError: problem => toast(problem.message, 'bad'),
  })
  return (
    <Part
      title="Sessions"
      about="Browsers in which you are signed in. End those that you do not know, and change your password."
      flush
    >
      {sessions.isPending && <SkeletonRows rows={2} />}
      {sessions.error && (
        <div className="p-4 sm:p-5">
          <ProblemNote problem={sessions.error} />
        </div>
      )}
      {sessions.data && (
        <List label="Sessions">
          {sessions.data.items.map(({ id, client, address, lastSeenAt, current }) => (
            <ListRow
              key={id}
              lead={
                <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-hover text-faint">
                  <MonitorSmartphone className="size-4" aria-hidden />
                </span>
              }
              title={
                <>
                  <span title={client}>{browserName(client)}</span>
                  {current && <Badge tone="good">this one</Badge>}
                </>
              }
              about={
                <>
                  {address} · seen <Time at={lastSeenAt} />
                </>
              }
              actions={
                !current && (
                  <Button size="small" disabled={end.isPending} onClick={() => end.mutate({ params: { id } })}>
                    Sign out
                  </Button>
                )
              }
            />
          ))}
        </List>
      )}
    </Part>
  )
}
