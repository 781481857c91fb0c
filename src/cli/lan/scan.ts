import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../../core/errors.ts'
import { dim, print, printJson, printTable } from '../print.ts'
import { type Flags, orExit } from '../settings.ts'
import { type FoundRelay, relayOf, serviceType } from './announcement.ts'

const lastsMs = 3000

/** Lists the relays that answer in the local network within three seconds. Nothing is sent to them but the question. */
export async function scanCommand(flags: Flags): Promise<void> {
  const items = orExit(await scan(), flags)
  if (flags.json) return printJson({ items })
  if (!items.length) return print('No relay answers here. One that is to be found runs with: clawlink relay --mdns')
  printTable(
    ['URL', 'VERSION', 'NAME'],
    items.map(({ url, version, name }) => [url, version, name]),
  )
  print(dim('\nAnybody in this network can answer: compare the URL. Then: clawlink pair --url <url>'))
}

async function scan(): Promise<FoundRelay[] | Fault> {
  const { Bonjour } = await import('bonjour-service')
  let problem: unknown
  const asking = new Bonjour({}, (cause: unknown) => {
    problem = cause
  })
  const found = new Map<string, FoundRelay>()
  const browser = asking.find(serviceType, service => {
    const relay = relayOf(service)
    if (relay) found.set(relay.url, relay)
  })
  await sleep(lastsMs)
  browser.stop()
  await new Promise(resolve => asking.destroy(() => resolve(undefined)))
  if (problem === undefined || found.size) return [...found.values()]
  const why = problem instanceof Error ? problem.message : String(problem)
  return new Fault('internal', `This machine cannot ask the local network: ${why}.`, {
    fix: 'Name the relay by its address: --url http://<address>:9077',
  })
}
