import { useInfiniteQuery } from '@tanstack/react-query'
import { MailX } from 'lucide-react'
import { send } from '../../api/send.ts'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { List } from '../../kit/list.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { useIsAdmin } from '../../session/use-me.ts'
import { DeadLetterRow } from './dead-letter-row.tsx'
import { whileShort } from './live.ts'

/** What was handed out again and again and never acknowledged, newest first. */
export function DeadLetterList() {
  const mayManage = useIsAdmin()
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['GET /relay/dead-letters', 'all'],
    queryFn: ({ pageParam: next, signal }) =>
      send('GET /relay/dead-letters', { query: { next, limit: 25 } }, { signal }),
    initialPageParam: undefined as string | undefined, // the first page has none
    getNextPageParam: page => page.next ?? undefined,
    refetchInterval: whileShort,
  })
  const items = data?.pages.flatMap(page => page.items) ?? []
  return (
    <div className="flex flex-col gap-4">
      {error && <ProblemNote problem={error} />}
      <Card flush>
        {isPending && <SkeletonRows rows={2} />}
        {data && items.length === 0 && (
          <EmptyState icon={MailX} title="All has been delivered">
            What an agent was handed again and again, and never acknowledged, is set aside here until somebody looks at
            it.
          </EmptyState>
        )}
        {items.length > 0 && (
          <List label="Dead letters">
            {items.map(letter => (
              <DeadLetterRow key={letter.id} letter={letter} mayManage={mayManage} />
            ))}
          </List>
        )}
      </Card>
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => fetchNextPage()} className="self-start">
          Earlier dead letters
        </Button>
      )}
    </div>
  )
}
