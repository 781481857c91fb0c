import type { Item } from '../../api/send.ts'

export type EventType = (typeof eventTypes)[number]
export type Happening = Item<'GET /events'>

/** What each type of event says, in words. */
const words = {
  'call.ended': 'A call that went on by itself has ended',
  'connection.connected': 'An app was connected',
  'connection.reconnected': 'A connection was reconnected',
  'connection.needs_reauth': 'A connection has to be reconnected',
  'connection.recovered': 'A connection works again',
  'connection.degraded': 'A connection has trouble',
  'connection.expiring': 'A connection ends soon',
  'connection.missing_scope': 'A connection lacks a permission',
  'connection.removed': 'A connection was removed',
  'tool.output_mismatch': 'A provider answers otherwise than promised',
  'breaker.opened': 'A provider fails: calls to it are paused',
  'breaker.closed': 'A provider is back: calls go on',
  'file.changed': 'A shared file was changed',
  'file.deleted': 'A shared file was deleted',
  'endpoint.disabled': 'An endpoint was turned off',
  'endpoint.test': 'An endpoint was tested',
} as const

const isType = (text: string): text is keyof typeof words => text in words

/** Every type, those first that programs wait for most. */
export const eventTypes = Object.keys(words).filter(isType)

/** Those that an endpoint can ask for: a test comes to whoever is tested. */
export const wantedTypes = eventTypes.filter(type => type !== 'endpoint.test')

/** What a type says; its own name where this page does not know it. */
export const wordsOf = (type: string): string => (isType(type) ? words[type] : type)

/** A type of the address, or undefined. */
export const typeOf = (text: unknown): EventType | undefined => eventTypes.find(each => each === text)
