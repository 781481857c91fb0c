import { BlockList, isIP, SocketAddress } from 'node:net'

type Network = { address: string; family: 'ipv4' | 'ipv6'; bits: number }

const familyOf = (address: string) => (isIP(address) === 4 ? 'ipv4' : 'ipv6')

/** An IP address in the one way to write it; an IPv4-mapped IPv6 address is its IPv4 one. Undefined for anything else. */
export function plainAddress(text: string): string | undefined {
  if (isIP(text) === 0) return undefined
  const { address } = new SocketAddress({ address: text, family: familyOf(text) })
  return unmapped(address)
}

/** The IPv4 address that an IPv6 one maps, such as that of an IPv4 client of a socket that listens on both (RFC 4291, 2.5.5.2). */
export const unmapped = (address: string): string => address.replace(/^::ffff:(?=[\d.]+$)/, '')

/** Whether it is an IP address, or a range of them in CIDR notation. */
export const isNetwork = (text: string): boolean => readNetwork(text) !== undefined

/** Tells whether an address, as `plainAddress` writes it, is in one of these networks. */
export function inNetworks(networks: readonly string[]): (address: string) => boolean {
  const known = networks.flatMap(text => readNetwork(text) ?? [])
  if (!known.length) return () => false
  const list = new BlockList()
  for (const { address, bits, family } of known) list.addSubnet(address, bits, family)
  return address => list.check(address, familyOf(address))
}

function readNetwork(text: string): Network | undefined {
  const [, written = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = plainAddress(written)
  if (address === undefined) return undefined
  const family = familyOf(address)
  const most = family === 'ipv4' ? 32 : 128
  const bits = length === undefined ? most : Number(length)
  // How long the prefix of a mapped address is counts in bits of IPv6: better not to guess what was meant.
  const isClear = length === undefined || familyOf(written) === family
  return isClear && bits <= most ? { address, family, bits } : undefined
}
