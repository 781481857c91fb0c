import type { Answer } from '../../api/send.ts'

export type Pairing = Answer<'GET /pairings/{id}'>

/** How often to ask how it stands: often while a device is about to fetch its key, never once it is over. */
export function askAgainMs(state: Pairing['state'] | undefined): number | false {
  if (state === 'approved') return 1000
  return state === 'awaiting_browser' ? 5000 : false
}
