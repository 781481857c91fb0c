import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { ownPath } from './own-path.ts'

/** What comes after signing in: everything is read anew, and the page that was asked for opens. */
export function useEnter(): (to?: string) => Promise<void> {
  const client = useQueryClient()
  const router = useRouter()
  return async to => {
    client.clear()
    await router.navigate({ href: ownPath(to, window.location.origin), replace: true })
  }
}
