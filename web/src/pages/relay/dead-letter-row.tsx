import { Link } from '@tanstack/react-router'
import { RotateCw, Trash2 } from 'lucide-react'
import { useSend } from '../../api/queries.ts'
import type { Item } from '../../api/send.ts'
import { Button } from '../../kit/button.tsx'
import { useConfirm } from '../../kit/confirm.tsx'
import { ListRow } from '../../kit/list.tsx'
import { Time } from '../../kit/time.tsx'
import { useToast } from '../../kit/toast.tsx'
import { PriorityBadge } from './task-badges.tsx'
import { nameOf } from './task-words.ts'
import { Words } from './words.tsx'

type DeadLetter = Item<'GET /relay/dead-letters'>

const kinds: Record<DeadLetter['kind'], string> = {
  message: 'Message',
  task: 'Task',
  task_update: 'News of a task',
  broadcast: 'Broadcast',
}

/** One message that nobody took: whose it is, why it is here, and what can be done about it. */
export function DeadLetterRow({ letter, mayManage }: { letter: DeadLetter; mayManage: boolean }) {
  const { kind, from, to, problem, createdAt, body, taskId, priority } = letter
  const author = from ? nameOf(from) : 'ClawLink'
  return (
    <ListRow
      align="start"
      title={
        <>
          <span className="wrap-anywhere">
            {kinds[kind]} from {author} to {nameOf(to)}
          </span>
          <PriorityBadge priority={priority} />
        </>
      }
      about={
        <>
          {problem && <p className="wrap-anywhere text-bad">{problem}</p>}
          <p className="text-faint">
            <Time at={createdAt} />
            {taskId && (
              <>
                {' · '}
                <Link
                  to="/relay/tasks/$id"
                  params={{ id: taskId }}
                  className="inline-flex min-h-6 items-center text-sea underline"
                >
                  the task
                </Link>
              </>
            )}
          </p>
        </>
      }
      actions={mayManage && <Actions letter={letter} />}
    >
      <Words value={body} label={`What ${author} sent`} />
    </ListRow>
  )
}

function Actions({ letter: { id, to } }: { letter: DeadLetter }) {
  const toast = useToast()
  const confirm = useConfirm()
  const onError = (problem: { message: string; fix: string }) => toast(`${problem.message} ${problem.fix}`, 'bad')
  const requeue = useSend('POST /relay/dead-letters/{id}/requeue', {
    refresh: ['GET /relay/dead-letters'],
    onSuccess: () => toast(`It is in the mailbox of ${nameOf(to)} again.`),
    onError,
  })
  const discard = useSend('DELETE /relay/dead-letters/{id}', {
    refresh: ['GET /relay/dead-letters'],
    onSuccess: () => toast('It is discarded.'),
    onError,
  })
  const askAndDiscard = async () => {
    const yes = await confirm({
      title: 'Discard this message?',
      about: `${nameOf(to)} will never get it. That cannot be undone.`,
      action: 'Discard',
      danger: true,
    })
    if (yes) discard.mutate({ params: { id } })
  }
  return (
    <>
      <Button
        size="small"
        look="quiet"
        icon={RotateCw}
        busy={requeue.isPending}
        onClick={() => requeue.mutate({ params: { id } })}
      >
        Deliver again
      </Button>
      <Button size="small" look="quiet" icon={Trash2} busy={discard.isPending} onClick={askAndDiscard}>
        Discard
      </Button>
    </>
  )
}
