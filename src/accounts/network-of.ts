/**
 * What counts as one place that asks: an IPv4 address, or the first 64 bits of an IPv6 one, since whoever has one address of
 * such a network has all of them (RFC 6177, 2).
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const groups = (part = '') => part.split(':').filter(Boolean)
  const missing = tail === undefined ? 0 : Math.max(0, 8 - groups(head).length - groups(tail).length)
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)]
  return all.slice(0, 4).join(':')
}
