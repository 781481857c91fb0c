import type { Client } from 'pg'
import type { Log } from '../core/log.ts'
import type { Secret } from '../core/secret.ts'
import { patience } from './patience.ts'

/** What other processes tell over PostgreSQL. */
export type Channel = {
  name: string
  /** Hears of each notice, and with an empty payload when it begins to listen: something may have come before. */
  onNews(payload: string): void
}

export type Listening = {
  /** Whether news arrives just now. */
  isTold(): boolean
  stop(): Promise<void>
}

export type Listen = (channel: Channel) => Listening

const againMs = 1_000

/** Where there are no other processes: nothing is missed. */
const alone: Listen = () => ({ isTold: () => true, stop: async () => {} })

/**
 * Listens (LISTEN) over one connection for all who ask, made when the first one does and given up after the last. When it
 * breaks it is made anew; until then whoever wants the news has to look by itself. Without a URL there is nobody to hear from.
 */
export function createListen(databaseUrl: Secret | undefined, log: Log): Listen {
  if (!databaseUrl) return alone
  const url = databaseUrl.reveal()
  const channels = new Set<Channel>()
  const told = new Set<Channel>()
  let client: Client | undefined
  /** The same, once all who asked meanwhile are heard over it. */
  let ready: Client | undefined
  let timer: NodeJS.Timeout | undefined
  let connecting: Promise<void> | undefined

  async function connect(): Promise<void> {
    const { default: pg } = await import('pg')
    const mine = new pg.Client({ connectionString: url, application_name: 'clawlink news', ...patience })
    client = mine
    mine.on('error', () => lost(mine))
    mine.on('end', () => lost(mine))
    mine.on('notification', ({ channel, payload = '' }) => {
      for (const each of channels) if (each.name === channel) each.onNews(payload)
    })
    try {
      await mine.connect()
      for (const channel of channels) await hear(mine, channel)
      ready = mine
    } catch {
      lost(mine)
    }
  }

  async function hear(over: Client, channel: Channel): Promise<void> {
    await over.query(`listen ${channel.name}`)
    if (client !== over || !channels.has(channel)) return
    told.add(channel)
    channel.onNews('') // of what came before this
  }

  function lost(broken: Client): void {
    if (client !== broken) return
    forget()
    broken.end().catch(() => {})
    log.warn({}, 'PostgreSQL does not tell of news just now; looking for it every second')
    timer = setTimeout(() => {
      connecting = connect()
    }, againMs)
  }

  function forget(): void {
    client = undefined
    ready = undefined
    told.clear()
  }

  async function stop(channel: Channel): Promise<void> {
    channels.delete(channel)
    told.delete(channel)
    await connecting
    if (channels.size) return
    clearTimeout(timer)
    connecting = undefined
    const mine = client
    forget()
    await mine?.end().catch(() => {})
  }

  return channel => {
    channels.add(channel)
    const over = ready
    if (over) hear(over, channel).catch(() => lost(over))
    else connecting ??= connect()
    return { isTold: () => told.has(channel), stop: () => stop(channel) }
  }
}
