import { queryOptions } from '@tanstack/react-query'
import { type Answer, send } from '../../api/send.ts'

/** A connect session as the person sees it who goes on with it. */
export type Opened = Answer<'POST /connect-sessions/{id}/open'>
export type Way = Opened['ways'][number]
export type FieldView = Way['fields'][string]

/**
 * Opens a connect session, which binds it to this browser. The same browser may ask as often as it likes, so it is read
 * like a query; never by itself, since what is typed in belongs to what was shown.
 */
export const openSession = (id: string) =>
  queryOptions({
    queryKey: ['POST /connect-sessions/{id}/open', id],
    queryFn: () => send('POST /connect-sessions/{id}/open', { params: { id } }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })

/** How a way goes on: at the provider and back, with a code on another device, or with what is typed in here. Pure. */
export function courseOf({ kind }: Pick<Way, 'kind'>): 'redirect' | 'device' | 'fields' {
  if (kind === 'oauth2' || kind === 'oauth1') return 'redirect'
  return kind === 'oauth2_device' ? 'device' : 'fields'
}

/** A label at the beginning of a sentence. Pure. */
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** The host of an address, for people to know where a link leads; '' for what is no address. Pure. */
export const hostOf = (url: string) => URL.parse(url)?.host ?? ''
