import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Card } from './card.tsx'
import { List } from './list.tsx'
import { ProblemNote } from './problem-note.tsx'
import { SkeletonRows } from './skeleton.tsx'

/**
 * What is read page by page: its rows, or `empty` where there is none, and a button for the next page.
 * @param options `more`: what the button says. `children`: the row of one thing, with its key
 */
export function PagedList<T>({
  label,
  pages: { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage },
  empty,
  more,
  children: rowOf,
}: {
  label: string
  pages: UseInfiniteQueryResult<InfiniteData<{ items: T[] }>>
  empty: ReactNode
  more: string
  children(item: T): ReactNode
}) {
  const items = data?.pages.flatMap(page => page.items) ?? []
  return (
    <>
      {error && <ProblemNote problem={error} />}
      <Card flush>
        {isPending && <SkeletonRows rows={4} />}
        {data && items.length === 0 && empty}
        {items.length > 0 && <List label={label}>{items.map(rowOf)}</List>}
      </Card>
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => fetchNextPage()} className="self-start">
          {more}
        </Button>
      )}
    </>
  )
}
