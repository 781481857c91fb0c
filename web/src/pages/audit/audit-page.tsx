import { useInfiniteQuery } from '@tanstack/react-query'
import { ScrollText } from 'lucide-react'
import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { type Item, send } from '../../api/send.ts'
import { Button } from '../../kit/button.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Input } from '../../kit/input.tsx'
import { ListRow } from '../../kit/list.tsx'
import { Note } from '../../kit/note.tsx'
import { Page } from '../../kit/page.tsx'
import { PagedList } from '../../kit/paged-list.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { Time } from '../../kit/time.tsx'

type Entry = Item<'GET /audit'>

/** Who did what in this workspace, and whether the record is whole. */
export function AuditPage() {
  const verify = useSend('GET /audit/verify')
  return (
    <Page
      title="Audit"
      about="Who did what, and from where. Rows are never changed or removed."
      actions={
        <Button busy={verify.isPending} onClick={() => verify.mutate({})}>
          Verify the record
        </Button>
      }
    >
      <div aria-live="polite" className="empty:hidden">
        {verify.error && <ProblemNote problem={verify.error} />}
        {verify.data?.ok && (
          <Note tone="good">The record is whole: {verify.data.rows} rows, none changed, missing or out of order.</Note>
        )}
        {verify.data?.broken && (
          <Note tone="bad" title={`The record is broken at row ${verify.data.broken.seq}`}>
            {verify.data.broken.why}
          </Note>
        )}
      </div>
      <Entries />
    </Page>
  )
}

function Entries() {
  const [action, setAction] = useState('')
  const wanted = action.trim()
  const pages = useInfiniteQuery({
    queryKey: ['GET /audit', wanted],
    queryFn: ({ pageParam: next, signal }) =>
      send('GET /audit', { query: { next, action: wanted || undefined } }, { signal }),
    initialPageParam: undefined as number | undefined, // the first page has none
    getNextPageParam: page => (page.next === null ? undefined : Number(page.next)),
  })
  return (
    <>
      <Input
        aria-label="Action"
        value={action}
        onChange={event => setAction(event.target.value)}
        placeholder="Only one action, such as key.revoked"
        className="max-w-sm"
      />
      <PagedList
        label="Entries"
        pages={pages}
        empty={<EmptyState icon={ScrollText} title="Nothing of this kind" />}
        more="Earlier entries"
      >
        {entry => <AuditRow key={entry.seq} entry={entry} />}
      </PagedList>
    </>
  )
}

function AuditRow({ entry: { at, actor, action, target, address, details } }: { entry: Entry }) {
  const told = Object.entries(details)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name}: ${shortened(String(value))}`)
  return (
    <ListRow
      title={
        <>
          <span>{actor.name || actor.kind}</span>
          <code className="font-mono font-normal text-sm">{action}</code>
          <span className="ml-auto font-normal text-faint text-sm">
            <Time at={at} />
          </span>
        </>
      }
      about={<span className="break-words">{[...told, target, address].filter(Boolean).join(' · ')}</span>}
    />
  )
}

/** Of a hash the beginning is enough to recognise it; the whole is in the API. */
const shortened = (text: string) => text.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…')
