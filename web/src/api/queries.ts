import { queryOptions, type UseMutationOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { Problem } from './problem.ts'
import { type Answer, type Item, type Parts, type PartsOf, type RouteName, send } from './send.ts'

/** The operations that only read. */
export type ReadName = Extract<RouteName, `GET ${string}`>

/** Options for useQuery: `useQuery(ask('GET /members'))`. */
export function ask<N extends ReadName>(name: N, ...[parts]: PartsOf<N>) {
  const given = (parts ?? {}) as Parts<N> // left out only where nothing is required
  return queryOptions({ queryKey: [name, given], queryFn: ({ signal }) => send(name, given, { signal }) })
}

/** Lists that come in pages and of which a page of ours needs all, such as to name what others hold the ids of. */
type WholeList = 'GET /agents' | 'GET /connections'

/** The same for all pages of such a list, one after the other. */
export function askAll<N extends WholeList>(name: N) {
  return queryOptions({
    queryKey: [name, 'all'],
    async queryFn({ signal }): Promise<{ items: Item<N>[] }> {
      const items: Item<N>[] = []
      for (let next: string | undefined; ; ) {
        const page = await send<WholeList>(name, { query: { limit: 200, next } }, { signal })
        items.push(...(page.items as Item<N>[])) // what this very list is of
        if (page.next === null) return { items }
        next = page.next
      }
    },
  })
}

/**
 * A mutation that sends one operation: `const rename = useSend('PATCH /workspace', { refresh: ['GET /workspace'] })`, then
 * `rename.mutate({ body: { name } })`.
 * @param options `refresh`: what to read anew once it is done, all variants of it
 */
export function useSend<N extends RouteName>(
  name: N,
  { refresh = [], ...options }: UseMutationOptions<Answer<N>, Problem, Parts<N>> & { refresh?: ReadName[] } = {},
) {
  const client = useQueryClient()
  return useMutation({
    ...options,
    mutationFn: (parts: Parts<N>) => send(name, parts),
    async onSuccess(...args) {
      await Promise.all(refresh.map(read => client.invalidateQueries({ queryKey: [read] })))
      await options.onSuccess?.(...args)
    },
  })
}
