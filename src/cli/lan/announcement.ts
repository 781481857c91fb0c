/** How a relay shows itself in the local network (DNS-SD, RFC 6763): pure. */
import { version } from '../../core/version.ts'
import { plain, shortened } from '../print.ts'

/** `_clawlink._tcp`. */
export const serviceType = { type: 'clawlink', protocol: 'tcp' } as const

/** A relay that was found, as far as it says of itself: anybody in the network can say anything. */
export type FoundRelay = { name: string; url: string; version: string; keyNeeded: boolean }

export type Announcement = {
  name: string
  type: string
  protocol: 'tcp'
  port: number
  txt: { version: string; hostname: string; auth: 'yes'; url?: string }
}

/** A label of a DNS name has 63 bytes at most. */
const nameLengthMax = 60

/** `publicUrl`: told to others where it is set, since then the address and port are not what they should use. */
export function announcementOf(hostname: string, port: number, publicUrl: string | undefined): Announcement {
  const short = hostname.replace(/\..*$/, '').replace(/[^\w-]/g, '-')
  const txt = { version, hostname: shortened(short, 60), auth: 'yes' as const }
  const name = `ClawLink Relay (${short})`.slice(0, nameLengthMax)
  return { name, ...serviceType, port, txt: publicUrl === undefined ? txt : { ...txt, url: publicUrl } }
}

/** What a service of that type says, as a relay; undefined when it says nothing that can be used. */
export function relayOf(service: {
  name: string
  port: number
  addresses?: string[] | undefined
  txt?: unknown
}): FoundRelay | undefined {
  const txt: Record<string, unknown> = Object(service.txt)
  const url = urlOf(txt.url) ?? addressUrl(service.addresses ?? [], service.port)
  if (url === undefined) return undefined
  return {
    name: shortened(plain(service.name), 80),
    url,
    version: typeof txt.version === 'string' ? shortened(plain(txt.version), 20) : '',
    keyNeeded: txt.auth !== 'no',
  }
}

function urlOf(given: unknown): string | undefined {
  const url = typeof given === 'string' ? URL.parse(given) : null
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash) return undefined
  return url.href.replace(/\/+$/, '')
}

/** IPv4 first: an address of a link alone (`fe80::`) means nothing without the name of that link. */
function addressUrl(addresses: readonly string[], port: number): string | undefined {
  const usable = addresses.filter(each => !/^fe[89ab]/i.test(each))
  const address = usable.find(each => /^[\d.]+$/.test(each)) ?? usable.find(each => /^[\da-f:]+$/i.test(each))
  if (address === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`
}
