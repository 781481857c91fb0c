import { describe, expect, test } from 'vitest'
import { inNetworks, isNetwork, plainAddress } from './ip-address.ts'

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:201', '192.0.2.1'],
  ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['192.0.2.256', undefined],
  ['192.0.2', undefined],
  ['192.0.2.01', undefined],
  ['[::1]', undefined],
  ['proxy.lan', undefined],
  [' 192.0.2.1', undefined],
  ['', undefined],
])('the address %j is written %j', (text, address) => {
  expect(plainAddress(text)).toBe(address)
})

test.each(['10.0.0.1', '10.0.0.0/8', '10.1.2.3/8', '0.0.0.0/0', '::1', 'fd00::/8', '::ffff:10.0.0.1'])(
  '%j is a network',
  text => {
    expect(isNetwork(text)).toBe(true)
  },
)

test.each([
  '',
  '10.0.0.0/33',
  '::/129',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '10.0.0.0/x',
  '::ffff:10.0.0.0/8',
  'proxy.lan',
  '10.0.0.*',
])('%j is none', text => {
  expect(isNetwork(text)).toBe(false)
})

describe('an address is in a network', () => {
  const isIn = inNetworks(['10.0.0.0/8', '192.0.2.1', '::ffff:192.0.2.2', 'fd00::/8', '::1'])
  test.each([
    ['10.255.0.1', true],
    ['11.0.0.1', false],
    ['192.0.2.1', true],
    ['192.0.2.2', true],
    ['192.0.2.3', false],
    ['fd12::1', true],
    ['fe80::1', false],
    ['::1', true],
    ['::2', false],
  ])('%s: %s', (address, is) => {
    expect(isIn(address)).toBe(is)
    expect(inNetworks([])(address)).toBe(false)
  })
})
