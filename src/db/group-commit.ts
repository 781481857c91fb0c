/** Does a batch in one transaction, and gives what each write gives: all of it is durable then, or nothing is and it throws. */
export type WriteBatch<Write, Given> = (batch: readonly Write[]) => Given[] | Promise<Given[]>

export type GroupCommit<Write, Given> = {
  /** Resolves to what `WriteBatch` gives for it. */
  write(write: Write): Promise<Given>
  /** Resolves when nothing is waiting any more. */
  drain(): Promise<void>
}

type Waiting<Write, Given> = { write: Write; resolve: (given: Given) => void; reject: (cause: unknown) => void }

export type Limits = {
  /** More than so many are refused instead of piling up. */
  waitingMax?: number
  /** So many batches are done at once, where doing one takes more than a turn. */
  batchesMax?: number
  /** Of a failure that no single write is the cause of: then none of the batch is tried again by itself. */
  isOfAll?: (cause: unknown) => boolean
}

/**
 * One commit, and so one fsync, for all writes that arrive in one turn of the event loop, and while others are being done. A
 * write that the database refuses fails alone: its batch is then done one by one.
 */
export function groupCommit<Write, Given>(
  writeBatch: WriteBatch<Write, Given>,
  { waitingMax = 20_000, batchesMax = 1, isOfAll = () => false }: Limits = {},
): GroupCommit<Write, Given> {
  let waiting: Waiting<Write, Given>[] = []
  let isPlanned = false
  let batches = 0
  const drained: (() => void)[] = []

  function plan(): void {
    if (isPlanned || batches >= batchesMax || !waiting.length) return
    isPlanned = true
    setImmediate(flush)
  }

  async function flush(): Promise<void> {
    const batch = waiting
    waiting = []
    isPlanned = false
    batches += 1
    try {
      const done = writeBatch(batch.map(({ write }) => write))
      const given = done instanceof Promise ? await done : done
      batch.forEach(({ resolve }, at) => {
        resolve(given[at] as Given) // one for each
      })
    } catch (cause) {
      if (batch.length === 1 || isOfAll(cause)) for (const { reject } of batch) reject(cause)
      else await writeEach(batch)
    }
    batches -= 1
    plan()
    if (drained.length && batches === 0 && !isPlanned) for (const resolve of drained.splice(0)) resolve()
  }

  async function writeEach(batch: readonly Waiting<Write, Given>[]): Promise<void> {
    for (const { write, resolve, reject } of batch) {
      try {
        const [given] = await writeBatch([write])
        resolve(given as Given)
      } catch (cause) {
        reject(cause)
      }
    }
  }

  return {
    write(write) {
      if (waiting.length >= waitingMax)
        return Promise.reject(new Error('the database does not keep up with the writes'))
      return new Promise((resolve, reject) => {
        waiting.push({ write, resolve, reject })
        plan()
      })
    },
    drain() {
      return batches || isPlanned ? new Promise(resolve => drained.push(resolve)) : Promise.resolve()
    },
  }
}
