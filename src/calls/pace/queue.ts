/** Calls that wait for their turn: agents take turns, and of one agent the first comes first. */
export type Queue<W extends { agentId: string }> = {
  readonly size: number
  add(waiter: W): void
  remove(waiter: W): void
  /** The first in turn that may go, which leaves the queue; its agent is then the last. */
  takeFirst(mayGo: (waiter: W) => boolean): W | undefined
  /** How many of those that `counts` picks come before this one, if nobody else comes and all may go. */
  ahead(waiter: W, counts: (other: W) => boolean): number
  all(): W[]
}

export function createQueue<W extends { agentId: string }>(): Queue<W> {
  // In the order of their turns.
  const agents = new Map<string, W[]>()
  let size = 0

  const queue: Queue<W> = {
    get size() {
      return size
    },
    add(waiter) {
      size++
      const own = agents.get(waiter.agentId)
      if (own) own.push(waiter)
      else agents.set(waiter.agentId, [waiter])
    },
    remove(waiter) {
      const own = agents.get(waiter.agentId)
      const at = own ? own.indexOf(waiter) : -1
      if (!own || at < 0) return
      size--
      own.splice(at, 1)
      if (!own.length) agents.delete(waiter.agentId)
    },
    takeFirst(mayGo) {
      for (const [agentId, own] of agents) {
        const waiter = own.find(mayGo)
        if (!waiter) continue
        queue.remove(waiter)
        if (own.length) {
          agents.delete(agentId)
          agents.set(agentId, own)
        }
        return waiter
      }
      return undefined
    },
    ahead(waiter, counts) {
      const own = agents.get(waiter.agentId)
      const place = own ? own.indexOf(waiter) : -1
      if (!own || place < 0) return 0
      let ahead = 0
      let isBefore = true
      for (const others of agents.values()) {
        if (others === own) isBefore = false
        // Before it, an agent has as many turns as this one has, and one more where its turn comes first.
        const turns = others === own ? place : isBefore ? place + 1 : place
        for (let i = 0; i < turns && i < others.length; i++) {
          const other = others[i]
          if (other && counts(other)) ahead++
        }
      }
      return ahead
    },
    all: () => [...agents.values()].flat(),
  }
  return queue
}
