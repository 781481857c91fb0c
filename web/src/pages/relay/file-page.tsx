import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { send } from '../../api/send.ts'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { List } from '../../kit/list.tsx'
import { Note } from '../../kit/note.tsx'
import { Page } from '../../kit/page.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { Time } from '../../kit/time.tsx'
import { useIsAdmin } from '../../session/use-me.ts'
import { FileVersionRow } from './file-version-row.tsx'
import { whileShort } from './live.ts'
import { authorOf } from './shared-file.ts'

/** One shared file: who is editing it, and all its versions, to save or to make the present one again. */
export function FilePage() {
  const { key } = useSearch({ from: '/signed-in/framed/relay/file' })
  const mayRestore = useIsAdmin()
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['GET /relay/file-history/{key}', key],
    queryFn: ({ pageParam: before, signal }) =>
      send('GET /relay/file-history/{key}', { params: { key }, query: { before } }, { signal }),
    initialPageParam: undefined as number | undefined, // the first page has none
    getNextPageParam: page => page.next ?? undefined,
    refetchInterval: whileShort,
  })
  const versions = data?.pages.flatMap(page => page.items) ?? []
  const [present] = versions
  return (
    <Page
      title={key || 'A shared file'}
      about={
        <Link to="/relay" search={{ view: 'files' }} className="underline">
          All shared files
        </Link>
      }
    >
      {error && <ProblemNote problem={error} />}
      {present?.lease && (
        <Note tone="warn" title={`${authorOf(present.lease.by)} is editing it`}>
          {present.lease.note && <p className="wrap-anywhere">“{present.lease.note}”</p>}
          <p>
            That ends <Time at={present.lease.until} /> unless it is renewed.
          </p>
        </Note>
      )}
      {present?.change === 'delete' && (
        <Note tone="plain" title="It was deleted">
          {mayRestore && 'A former version can be made the present one for as long as it is kept.'}
        </Note>
      )}
      {(isPending || present) && (
        <Card title="Versions" flush>
          {isPending && <SkeletonRows />}
          {present && (
            <List label="Versions">
              {versions.map(file => (
                <FileVersionRow key={file.version} file={file} present={present} mayRestore={mayRestore} />
              ))}
            </List>
          )}
        </Card>
      )}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => fetchNextPage()} className="self-start">
          Earlier versions
        </Button>
      )}
    </Page>
  )
}
