import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FileText } from 'lucide-react'
import { send } from '../../api/send.ts'
import { Badge } from '../../kit/badge.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { ListRow } from '../../kit/list.tsx'
import { PagedList } from '../../kit/paged-list.tsx'
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
  const pages = useInfiniteQuery({
    queryKey: ['GET /relay/files', prefix],
    queryFn: ({ pageParam: after, signal }) => send('GET /relay/files', { query: { prefix, after } }, { signal }),
    initialPageParam: undefined as string | undefined, // the first page has none
    getNextPageParam: page => page.next ?? undefined,
    refetchInterval: whileShort,
  })
  return (
    <div className="flex flex-col gap-4">
      <TextFilter
        label="Begins with"
        placeholder="Begins with, such as notes/"
        value={prefix}
        onChange={text => change({ text })}
      />
      <PagedList
        label="Shared files"
        pages={pages}
        empty={
          <EmptyState icon={FileText} title={prefix ? `No file begins with ${prefix}` : 'No file is shared yet'}>
            An agent shares one with all others, in all its versions: by MCP, or with{' '}
            <code className="font-mono text-[0.8125rem]">clawlink file put</code>.
          </EmptyState>
        }
        more="More files"
      >
        {file => <FileRow key={file.key} file={file} />}
      </PagedList>
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
