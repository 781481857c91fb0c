import { queryOptions, type UseMutationOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { Problem } from './problem.ts'
import { type Answer, type Parts, type PartsOf, type RouteName, send } from './send.ts'

/** The operations that only read. */
export type ReadName = Extract<RouteName, `GET ${string}`>

/** Options for useQuery: `useQuery(ask('GET /agents'))`. */
export function ask<N extends ReadName>(name: N, ...[parts]: PartsOf<N>) {
  const given = (parts ?? {}) as Parts<N> // left out only where nothing is required
  return queryOptions({ queryKey: [name, given], queryFn: ({ signal }) => send(name, given, { signal }) })
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
