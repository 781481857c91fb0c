import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useSend } from '../api/queries.ts'
import { chooseWorkspace } from './chosen-workspace.ts'

/** Signs out and forgets everything that was shown. @param to what to open once somebody has signed in again */
export function useLeave(to?: string) {
  const client = useQueryClient()
  const navigate = useNavigate()
  return useSend('POST /sign-out', {
    async onSettled() {
      chooseWorkspace(undefined)
      client.clear()
      await navigate({ to: '/sign-in', search: to === undefined ? {} : { to } })
    },
  })
}
