import { describe, expect, test } from 'vitest'
import { isAllowedHost, isPublicAddress, literalAddress } from './address-policy.ts'

describe('an address on the internet is public', () => {
  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '140.82.121.4',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2001:200::1',
    '2001:db7::1',
    '2001:db9::1',
    '3fff:1000::1',
    '2a00:1450:4001::1',
    '2003::1',
    '3ffe::1',
    '::ffff:8.8.8.8',
  ])('%s', address => {
    expect(isPublicAddress(address)).toBe(true)
  })
})

/** Each with its edges: the first and the last address of a range. */
const special: Record<string, string[]> = {
  'this network': ['0.0.0.0', '0.255.255.255'],
  'private (10/8)': ['10.0.0.0', '10.255.255.255'],
  'private (172.16/12)': ['172.16.0.0', '172.31.255.255'],
  'private (192.168/16)': ['192.168.0.0', '192.168.255.255'],
  'shared by carriers': ['100.64.0.0', '100.127.255.255'],
  loopback: ['127.0.0.1', '127.255.255.255'],
  'link-local, with the metadata services': ['169.254.0.0', '169.254.169.254', '169.254.255.255'],
  'protocol assignments': ['192.0.0.0', '192.0.0.255'],
  documentation: ['192.0.2.1', '198.51.100.255', '203.0.113.0'],
  '6to4 relays': ['192.88.99.1'],
  benchmarking: ['198.18.0.0', '198.19.255.255'],
  multicast: ['224.0.0.0', '239.255.255.255'],
  reserved: ['240.0.0.0', '255.255.255.254'],
  broadcast: ['255.255.255.255'],
  'IPv6: unspecified and loopback': ['::', '::1', '0:0:0:0:0:0:0:1'],
  'IPv6: IPv4-mapped': [
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::FFFF:169.254.169.254',
    '::ffff:7f00:1',
    '::ffff:0:127.0.0.1',
  ],
  'IPv6: IPv4-compatible': ['::127.0.0.1', '::7f00:1'],
  'IPv6: NAT64': ['64:ff9b::7f00:1', '64:ff9b::127.0.0.1', '64:ff9b:1::1'],
  'IPv6: 6to4, which embeds an IPv4 address': ['2002:7f00:1::', '2002:a00:1::1', '2002::'],
  'IPv6: Teredo and ORCHID': ['2001::1', '2001:0:1::', '2001:20::1', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'IPv6: documentation': ['2001:db8::1', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '3fff::1', '3fff:fff::1'],
  'IPv6: discard': ['100::1'],
  'IPv6: unique local': ['fc00::1', 'fd00::1', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'IPv6: link-local': ['fe80::1', 'fe80::1%eth0', 'febf::1'],
  'IPv6: once site-local': ['fec0::1'],
  'IPv6: multicast': ['ff02::1', 'ff0e::1'],
  'IPv6: not handed out': ['4000::1', '8000::1', 'e000::1', '1fff::1'],
}

describe.each(Object.entries(special))('an address that is special is not public: %s', (_, addresses) => {
  test.each(addresses)('%s', address => {
    expect(isPublicAddress(address)).toBe(false)
  })
})

test.each([
  '',
  'localhost',
  'example.com',
  '127.1',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '0x7f.0.0.1',
  '[::1]',
  ' 8.8.8.8',
])('%j is no address and so no public one', text => {
  expect(isPublicAddress(text)).toBe(false)
})

describe('the address in a URL', () => {
  test.each([
    ['http://127.0.0.1/', '127.0.0.1'],
    ['http://127.1/', '127.0.0.1'],
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f.0.0.1/', '127.0.0.1'],
    ['http://0177.0.0.1/', '127.0.0.1'],
    ['http://127.0.0.1./', '127.0.0.1'],
    ['http://①②⑦.0.0.1/', '127.0.0.1'],
    ['http://[::1]/', '::1'],
    ['http://[::ffff:10.0.0.1]/', '::ffff:a00:1'],
    ['http://user:pass@10.0.0.1:8080/', '10.0.0.1'],
  ])('of %s is %s, however it is written', (url, address) => {
    expect(literalAddress(new URL(url))).toBe(address)
    expect(isPublicAddress(address)).toBe(false)
  })

  test.each(['http://localhost/', 'https://api.example/', 'http://127.0.0.1.example/'])(
    'of %s is none: it is a name',
    url => {
      expect(literalAddress(new URL(url))).toBeUndefined()
    },
  )
})

describe('a host that an owner allowed', () => {
  const allowed = ['wiki.lan', 'git.lan:8443', '10.0.0.7', '[fd00::1]:9000', '127.0.0.1:443']
  test.each([
    ['http://wiki.lan/x', true],
    ['https://WIKI.lan:9443/', true],
    ['https://git.lan:8443/', true],
    ['http://git.lan:8443/', true],
    ['https://git.lan/', false],
    ['http://10.0.0.7:1234/', true],
    ['http://10.0.0.70/', false],
    ['http://[fd00::1]:9000/', true],
    ['http://[fd00::1]/', false],
    ['https://127.0.0.1/', true],
    ['http://127.0.0.1/', false],
    ['http://wiki.lan.evil.example/', false],
    ['http://evil.example/?wiki.lan', false],
    ['http://wiki.lan@evil.example/', false],
    ['http://sub.wiki.lan/', false],
  ])('is that host and no other: %s %s', (url, is) => {
    expect(isAllowedHost(new URL(url), allowed)).toBe(is)
  })
})
