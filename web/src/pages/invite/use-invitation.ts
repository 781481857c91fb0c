import { useQuery } from '@tanstack/react-query'
import { send } from '../../api/send.ts'

/** What the invitation of a token offers. Asked once: each asking counts against the limit of tries. */
export function useInvitation(token: string) {
  return useQuery({
    queryKey: ['invitation', token],
    queryFn: () => send('POST /invitations/read', { body: { token } }),
    enabled: token !== '',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
}
