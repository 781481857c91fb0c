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

/**
 * Hears of jobs that any process adds to a PostgreSQL database, over a connection of its own (LISTEN). When that breaks it
 * is made anew; until then the worker has to look by itself.
 */
export function listenForJobs(databaseUrl: Secret, onNews: () => void, log: Log): Listening {
  let stopped = false
  let told = false
  let client: Client | undefined
  let timer: NodeJS.Timeout | undefined
  let connecting = connect()

  async function connect(): Promise<void> {
    const { default: pg } = await import('pg')
    const mine = new pg.Client({ connectionString: databaseUrl.reveal(), application_name: 'clawlink jobs' })
    const lost = () => {
      if (client === mine) retry(mine)
    }
    client = mine
    mine.on('error', lost)
    mine.on('end', lost)
    mine.on('notification', onNews)
    try {
      await mine.connect()
      await mine.query(`listen ${jobsChannel}`)
      told = true
      onNews() // of what came before this
    } catch {
      lost()
    }
  }

  function retry(broken: Client): void {
    client = undefined
    told = false
    broken.end().catch(() => {})
    if (stopped) return
    log.warn({}, 'PostgreSQL does not tell of new jobs just now; looking for them every second')
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
