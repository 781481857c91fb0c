import { useSend } from '../api/queries.ts'
import { chooseWorkspace } from './chosen-workspace.ts'

/**
 * Signs out. The sign-in page is loaded anew, so that nothing that was shown stays in memory.
 * @param to what to open once somebody has signed in again
 */
export function useLeave(to?: string) {
  return useSend('POST /sign-out', {
    onSettled() {
      chooseWorkspace(undefined)
      window.location.assign(to === undefined ? '/sign-in' : `/sign-in?${new URLSearchParams({ to })}`)
    },
  })
}
