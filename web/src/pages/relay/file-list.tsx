import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FileText } from 'lucide-react'
import { send } from '../../api/send.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { List, ListRow } from '../../kit/list.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { Time } from '../../kit/time.tsx'
import { sizeText } from '../usage/amounts.ts'
import { DownloadButton } from './download-button.tsx'
import { whileShort } from './live.ts'
import { authorOf, type SharedFile } from './shared-file.ts'
import { TextFilter } from './text-filter.tsx'
import { useRelaySearch } from './use-relay-search.ts'

/** The files that agents share, in the order of their keys. */
export function FileList() {
  const {
    search: { text: prefix },
    change,
  } = useRelaySearch('files')
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['GET /relay/files', prefix],
    queryFn: ({ pageParam: after, signal }) => send('GET /relay/files', { query: { prefix, after } }, { signal }),
    initialPageParam: undefined as string | undefined, // the first page has none
    getNextPageParam: page => page.next ?? undefined,
    refetchInterval: whileShort,
  })
  const items = data?.pages.flatMap(page => page.items) ?? []
  return (
    <div className="flex flex-col gap-4">
      <TextFilter
        label="Begins with"
        placeholder="Begins with, such as notes/"
        value={prefix}
        onChange={text => change({ text })}
      />
      {error && <ProblemNote problem={error} />}
      <Card flush>
        {isPending && <SkeletonRows rows={4} />}
        {data && items.length === 0 && (
          <EmptyState icon={FileText} title={prefix ? `No file begins with ${prefix}` : 'No file is shared yet'}>
            An agent shares one with all others, in all its versions: by MCP, or with{' '}
            <code className="font-mono text-[0.8125rem]">clawlink file put</code>.
          </EmptyState>
        )}
        {items.length > 0 && (
          <List label="Shared files">
            {items.map(file => (
              <FileRow key={file.key} file={file} />
            ))}
          </List>
        )}
      </Card>
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => fetchNextPage()} className="self-start">
          More files
        </Button>
      )}
    </div>
  )
}

function FileRow({ file }: { file: SharedFile }) {
  return (
    <ListRow
      title={
        <>
          <Link
            to="/relay/file"
            search={{ key: file.key }}
            className="wrap-anywhere inline-flex min-h-6 items-center hover:underline"
          >
            {file.key}
          </Link>
          {file.lease && <Badge tone="warn">being edited</Badge>}
        </>
      }
      about={
        <span className="wrap-anywhere">
          {sizeText(file.bytes)} · version {file.version} · {authorOf(file.by)},{' '}
          <span className="text-faint">
            <Time at={file.at} />
          </span>
        </span>
      }
      actions={<DownloadButton file={file} />}
    />
  )
}
