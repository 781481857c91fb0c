import { useSend } from '../../api/queries.ts'
import { useToast } from '../../kit/toast.tsx'
import { type Connection, states } from './connection.ts'

/** Tries a connection at its provider, and says what came of it. */
export function useCheck({ id, label }: Connection): { run(): void; isBusy: boolean } {
  const toast = useToast()
  const check = useSend('POST /connections/{id}/check', {
    refresh: ['GET /connections'],
    onSuccess: ({ state, account }) =>
      state === 'healthy'
        ? toast(`“${label}” works: the provider knows it as ${account.label}.`)
        : toast(`“${label}” ${states[state].word}.`, 'bad'),
    onError: problem => toast(`${problem.message} ${problem.fix}`, 'bad'),
  })
  return { run: () => check.mutate({ params: { id } }), isBusy: check.isPending }
}
