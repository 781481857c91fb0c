import { useInfiniteQuery } from '@tanstack/react-query'
import { MailX } from 'lucide-react'
import { send } from '../../api/send.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { PagedList } from '../../kit/paged-list.tsx'
import { useIsAdmin } from '../../session/use-me.ts'
import { DeadLetterRow } from './dead-letter-row.tsx'
import { whileShort } from './live.ts'

/** What was handed out again and again and never acknowledged, newest first. */
export function DeadLetterList() {
  const mayManage = useIsAdmin()
  const pages = useInfiniteQuery({
    queryKey: ['GET /relay/dead-letters', 'all'],
    queryFn: ({ pageParam: next, signal }) =>
      send('GET /relay/dead-letters', { query: { next, limit: 25 } }, { signal }),
    initialPageParam: undefined as string | undefined, // the first page has none
    getNextPageParam: page => page.next ?? undefined,
    refetchInterval: whileShort,
  })
  return (
    <div className="flex flex-col gap-4">
      <PagedList
        label="Dead letters"
        pages={pages}
        empty={
          <EmptyState icon={MailX} title="All has been delivered">
            What an agent was handed again and again, and never acknowledged, is set aside here until somebody looks at
            it.
          </EmptyState>
        }
        more="Earlier dead letters"
      >
        {letter => <DeadLetterRow key={letter.id} letter={letter} mayManage={mayManage} />}
      </PagedList>
    </div>
  )
}
