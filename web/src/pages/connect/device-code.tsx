import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ExternalLink, LoaderCircle } from 'lucide-react'
import { useEffect } from 'react'
import { type Answer, send } from '../../api/send.ts'
import { Button } from '../../kit/button.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { CopyButton } from '../../kit/copy-button.tsx'
import { Note } from '../../kit/note.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { TimeLeft } from '../../scope/time-left.tsx'
import { hostOf, type Opened, openSession } from './session.ts'

/** Shows a code to type at the provider, and waits until that was done. */
export function DeviceCode({
  session: { id, provider },
  code: { userCode, verificationUri, verificationUriComplete, expiresAt, intervalMs },
  onAnother,
}: {
  session: Opened
  code: Answer<'POST /connect-sessions/{id}/device'>
  onAnother(): void
}) {
  const client = useQueryClient()
  const poll = useQuery({
    queryKey: ['POST /connect-sessions/{id}/device/poll', id, userCode],
    queryFn: () => send('POST /connect-sessions/{id}/device/poll', { params: { id } }),
    // Never sooner than the provider said, or it would answer that we are too fast.
    refetchInterval: ({ state: { data, error } }) => (error || isDone(data) ? false : intervalMs),
    refetchIntervalInBackground: true,
    refetchOnWindowFocus: false,
    retry: false,
    gcTime: 0,
  })
  const isOver = poll.data !== undefined && poll.data.state !== 'awaiting_user'
  useEffect(() => {
    if (isOver) void client.invalidateQueries(openSession(id))
  }, [client, id, isOver])
  const refused = poll.error === null ? poll.data?.problem : null
  return (
    <>
      <div className="flex flex-col items-center gap-3 rounded-lg bg-sunken p-5 text-center">
        <p className="text-soft text-sm">Type this code at {hostOf(verificationUri)}:</p>
        <output aria-label="The code" className="select-all font-mono font-semibold text-3xl tracking-[0.12em]">
          {userCode}
        </output>
        <div className="flex flex-wrap justify-center gap-2">
          <CopyButton text={userCode} label="code" look="secondary" />
          <a
            href={verificationUriComplete ?? verificationUri}
            target="_blank"
            rel="noopener noreferrer"
            className={buttonStyle('primary', 'small')}
          >
            Open {provider.name}
            <ExternalLink aria-hidden />
          </a>
        </div>
      </div>
      {poll.error && <ProblemNote problem={poll.error} />}
      {refused && (
        <Note tone="bad" title={refused.message}>
          Nothing was connected.
        </Note>
      )}
      {poll.error || refused ? (
        <Button look="primary" onClick={onAnother}>
          Get another code
        </Button>
      ) : (
        <p role="status" className="flex items-center gap-2.5 text-soft text-sm">
          <LoaderCircle className="size-4 shrink-0 animate-spin" aria-hidden />
          <span>
            Waiting for your yes at {provider.name}. The code is good for <TimeLeft until={expiresAt} />.
          </span>
        </p>
      )}
    </>
  )
}

type Poll = Answer<'POST /connect-sessions/{id}/device/poll'>

const isDone = (poll: Poll | undefined) =>
  poll !== undefined && (poll.state !== 'awaiting_user' || poll.problem !== null)
