import { meta } from './protocol.ts'

/** How a client can wait for a person, beside asking again by itself. */
export type ClientAbilities = {
  /** It follows a call as a task (SEP-2663). */
  tasks: boolean
  /** It shows a person a link in the middle of a call (2026-07-28, elicitation in URL mode). */
  links: boolean
}

export const tasksExtension = 'io.modelcontextprotocol/tasks'

/** What the envelope of a request of 2026-07-28 declares. Older clients cannot be asked back here: there are no sessions. */
export function abilitiesOf(envelope: Record<string, unknown> | undefined): ClientAbilities {
  const { extensions, elicitation } = Object(envelope?.[meta.clientCapabilities])
  return { tasks: Object(extensions)[tasksExtension] !== undefined, links: Object(elicitation).url !== undefined }
}
