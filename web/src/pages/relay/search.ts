const views = ['agents', 'tasks', 'broadcasts', 'files', 'dead-letters'] as const
const taskStates = [
  'open',
  'submitted',
  'accepted',
  'in_progress',
  'input_required',
  'completed',
  'failed',
  'rejected',
  'canceled',
  'expired',
] as const

export type View = (typeof views)[number]
export type TaskFilter = (typeof taskStates)[number]

/** What the page shows, as its address says it. Each view takes what it knows of it. */
export type RelaySearch = {
  view?: View
  /** Agents that are online, or not. */
  online?: 'yes' | 'no'
  /** Tasks in this state. */
  state?: TaskFilter
  /** Broadcasts on this topic. */
  topic?: string
  /** Agents or broadcasts with these words; files whose key begins so. */
  text?: string
}

/** Reads the address; what makes no sense is left out. Pure. */
export function relaySearch({ view, online, state, topic, text }: Record<string, unknown>): RelaySearch {
  const shown = views.find(each => each === view)
  const stands = taskFilterOf(state)
  const [about, words] = [textOf(topic), textOf(text)]
  return {
    ...(shown && { view: shown }),
    ...((online === 'yes' || online === 'no') && { online }),
    ...(stands && { state: stands }),
    ...(about && { topic: about }),
    ...(words && { text: words }),
  }
}

const taskFilterOf = (text: unknown): TaskFilter | undefined => taskStates.find(each => each === text)

/** A text of digits alone is read as a number from an address. */
const textOf = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
