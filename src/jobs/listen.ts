import type { Client } from 'pg'
import type { Log } from '../core/log.ts'
import type { Secret } from '../core/secret.ts'
import { jobsChannel } from './enqueue.ts'

export type Listening = {
  /** Whether news arrives just now. */
  isTold(): boolean
  stop(): Promise<void>
}

const againMs = 1_000

/** What another process tells over PostgreSQL. */
export type Channel = {
  name: string
  /** What the log calls the news. */
  news: string
  /** Hears of each notice, and with an empty payload when it begins to listen: something may have come before. */
  onNews(payload: string): void
}

/** Hears of jobs that any process adds to a PostgreSQL database. */
export function listenForJobs(databaseUrl: Secret, onNews: () => void, log: Log): Listening {
  return listenTo(databaseUrl, { name: jobsChannel, news: 'jobs', onNews }, log)
}

/**
 * Listens over a connection of its own (LISTEN). When that breaks it is made anew; until then whoever wants the news has to
 * look by itself.
 */
export function listenTo(databaseUrl: Secret, { name, news, onNews }: Channel, log: Log): Listening {
  let stopped = false
  let told = false
  let client: Client | undefined
  let timer: NodeJS.Timeout | undefined
  let connecting = connect()

  async function connect(): Promise<void> {
    const { default: pg } = await import('pg')
    const mine = new pg.Client({ connectionString: databaseUrl.reveal(), application_name: `clawlink ${news}` })
    const lost = () => {
      if (client === mine) retry(mine)
    }
    client = mine
    mine.on('error', lost)
    mine.on('end', lost)
    mine.on('notification', ({ payload = '' }) => onNews(payload))
    try {
      await mine.connect()
      await mine.query(`listen ${name}`)
      told = true
      onNews('') // of what came before this
    } catch {
      lost()
    }
  }

  function retry(broken: Client): void {
    client = undefined
    told = false
    broken.end().catch(() => {})
    if (stopped) return
    log.warn({}, `PostgreSQL does not tell of new ${news} just now; looking for them every second`)
    timer = setTimeout(() => {
      connecting = connect()
    }, againMs)
  }

  return {
    isTold: () => told,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await connecting
      const mine = client
      client = undefined
      await mine?.end().catch(() => {})
    },
  }
}
