import type { ReadName } from '../../api/queries.ts'
import type { Item } from '../../api/send.ts'

export type Endpoint = Item<'GET /endpoints'>
export type Types = Endpoint['types']

/** What to read anew when an endpoint has changed. */
export const affected: ReadName[] = ['GET /endpoints', 'GET /deliveries']

/** What an endpoint is called: what it is for, else where it is. */
export const nameOf = ({ about, url }: Endpoint): string => about || hostOf(url)

/** The host of a URL. */
export const hostOf = (url: string): string => URL.parse(url)?.host ?? url
