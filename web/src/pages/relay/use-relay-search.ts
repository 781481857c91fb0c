import { useNavigate, useSearch } from '@tanstack/react-router'
import { type RelaySearch, relaySearch, type View } from './search.ts'

/** What the address of the page says, and changing a part of it: an empty text takes it away. */
export function useRelaySearch(view: View) {
  const search = useSearch({ from: '/signed-in/framed/relay' })
  const navigate = useNavigate()
  const change = (part: Partial<Record<keyof RelaySearch, string>>) =>
    void navigate({ to: '/relay', search: relaySearch({ ...search, view, ...part }), replace: true })
  return { search, change }
}
