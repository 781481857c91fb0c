import { domainToASCII } from 'node:url'

/** Longer than any list of addresses, and short enough to be taken apart at once. */
const lengthMax = 10_000
/** Of a domain name (RFC 1035, 2.3.4). */
const domainLengthMax = 255

/** What takes no room on a screen and counts for nothing in a domain. */
export const invisible = /[\p{Cf}\p{DI}]/gu

/**
 * The domains of a text that is nothing but addresses (`a@x.example`, `A <a@x.example>`, several after commas or
 * semicolons), one URL, or one domain. Undefined when any part of it is something else, or could be read in two ways:
 * whoever allows by domain must be sure of every one. Narrower than RFC 5322 and the URL standard on purpose.
 */
export function domainsIn(text: string): string[] | undefined {
  const plain = text.trim()
  if (plain.length > lengthMax || plain.normalize('NFKC') !== plain) return undefined
  if (/[\p{Cc}\p{Cf}\p{DI}\\]/u.test(plain)) return undefined
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(plain)) return hostOf(plain)
  const parts = splitAddresses(plain)
  const domains = parts.map(part => (part.includes('@') ? domainOfMailbox(part) : bareDomain(part)))
  return parts.length && domains.every(domain => domain !== undefined) ? domains : undefined
}

/**
 * Every domain that any reader could find in a text: after each `@`, after each `://`, and the words that look like one.
 * For who asks or denies by domain: one too many does no harm there.
 */
export function domainsAnywhere(text: string): string[] {
  const unescaped = text.replace(/(?:%[0-9a-f]{2})+/gi, escaped => decoded(escaped))
  const plain = unescaped.normalize('NFKC').replace(invisible, '').replaceAll('\u3002', '.')
  // Comments and spaces may stand around the dots of an address (RFC 5322, 3.4.1 and 4.4), comments in comments too.
  const bare = [1, 2, 3].reduce(inside => inside.replace(/\([^()]*\)/g, ' '), plain)
  const joined = bare.replace(/\s+/g, ' ').replace(/ ?([@.]) ?/g, '$1')
  const found = [plain, joined].flatMap(each => each.split(/[^\p{L}\p{N}\p{M}._-]+/u))
  return [...new Set(found.filter(word => word !== '').map(asDomain))]
}

/** A domain in the one spelling in which two can be compared (UTS 46), without the dot of the root. */
function asDomain(name: string): string {
  const isAscii = /^[\x21-\x7e]*$/.test(name)
  let domain = (isAscii || name.length > domainLengthMax ? name : domainToASCII(name) || name).toLowerCase()
  while (domain.startsWith('.')) domain = domain.slice(1)
  while (domain.endsWith('.')) domain = domain.slice(0, -1)
  return domain
}

/** Whether a domain is one of these: `x.example` is that alone, `*.x.example` everything below it. */
export function isDomainIn(domain: string, list: readonly string[]): boolean {
  return list.some(entry =>
    entry.startsWith('*.') ? domain.endsWith(`.${asDomain(entry.slice(2))}`) : domain === asDomain(entry),
  )
}

function hostOf(text: string): string[] | undefined {
  const isPlain = /^(https?|wss?|ftp):\/\/[^\s/?#@]+([/?#]\S*)?$/i.test(text) && !/[,;|][a-z][a-z0-9+.-]*:/i.test(text)
  const url = isPlain ? URL.parse(text) : null
  return url ? [asDomain(url.hostname)] : undefined
}

/** At commas and semicolons that stand in no quotes. An empty part is none. */
function splitAddresses(text: string): string[] {
  const parts = text.match(/(?:"[^"]*"|[^",;])+|"/g) ?? []
  return parts.map(part => part.trim()).filter(part => part !== '')
}

const local = /^[\p{L}\p{N}\p{M}.#$&'*+/=?^_{}~-]+$/u
const label = /^[\p{L}\p{N}\p{M}_](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}_])?$/u
/** Without `@`, which a careless reader would take for an address, and without brackets. */
const displayName = /^(?:"[^"@<>()]*"|[\p{L}\p{N}\p{M} .'_&/-]*)$/u

function domainOfMailbox(part: string): string | undefined {
  const [, name = '', inBrackets] = /^([^<>]*)<([^<>]*)>$/.exec(part) ?? []
  if (inBrackets !== undefined && !displayName.test(name.trim())) return undefined
  const [user = '', domain = '', ...more] = (inBrackets ?? part).split('@')
  return more.length || !local.test(user) ? undefined : bareDomain(domain)
}

function bareDomain(text: string): string | undefined {
  const labels = text.replace(/\.$/, '').split('.')
  return labels.length > 1 && labels.every(each => label.test(each)) ? asDomain(text) : undefined
}

function decoded(escaped: string): string {
  try {
    return decodeURIComponent(escaped)
  } catch {
    return escaped
  }
}
