import { expect, test } from 'vitest'
import { inNetworks } from '../core/ip-address.ts'
import { clientBehind } from './client-behind.ts'

const isTrusted = inNetworks(['10.0.0.0/8', '::1'])

const rows: [what: string, peer: string, forwarded: string, client: string][] = [
  ['one trusted proxy says who asked it', '10.0.0.1', '203.0.113.7', '203.0.113.7'],
  ['of several it is the last that is no proxy itself', '10.0.0.1', '203.0.113.7, 10.0.0.3, 10.0.0.2', '203.0.113.7'],
  [
    'what the client itself wrote before is not believed',
    '10.0.0.1',
    '10.9.9.9, 198.51.100.1, 203.0.113.7',
    '203.0.113.7',
  ],
  ['nobody who is not trusted is believed', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['a connection that is gone has no address', '', '198.51.100.1', ''],
  ['where all are proxies it is the first', '10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
  ['a proxy over IPv6', '::1', '2001:DB8::7', '2001:db8::7'],
  ['a mapped address is its IPv4 one', '10.0.0.1', '::ffff:203.0.113.7', '203.0.113.7'],
  ['a mapped address of a proxy, too', '10.0.0.1', '203.0.113.7, ::ffff:a00:2', '203.0.113.7'],
  ['a port is dropped', '10.0.0.1', '203.0.113.7:4711', '203.0.113.7'],
  ['brackets are dropped', '10.0.0.1', '[2001:db8::7]', '2001:db8::7'],
  ['brackets with a port are dropped', '10.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
  ['without brackets there is no port in IPv6', '10.0.0.1', '2001:db8::7:4711', '2001:db8::7:4711'],
  ['an empty header says nothing', '10.0.0.1', '', '10.0.0.1'],
  ['an empty entry ends it', '10.0.0.1', '203.0.113.7, , 10.0.0.2', '10.0.0.2'],
  ['a name ends it', '10.0.0.1', '203.0.113.7, unknown', '10.0.0.1'],
  ['a name before a proxy ends it there', '10.0.0.1', '203.0.113.7, _hidden, 10.0.0.2', '10.0.0.2'],
  ['brackets around IPv4 end it', '10.0.0.1', '[203.0.113.7]', '10.0.0.1'],
  ['a port that is none ends it', '10.0.0.1', '203.0.113.7:http', '10.0.0.1'],
  ['an open bracket ends it', '10.0.0.1', '[2001:db8::7', '10.0.0.1'],
  ['quotes and tags end it', '10.0.0.1', '"203.0.113.7", <b>', '10.0.0.1'],
]
test.each(rows)('%s', (_, peer, forwarded, client) => {
  expect(clientBehind(peer, forwarded, isTrusted)).toBe(client)
})

test('where no proxy is trusted the header says nothing', () => {
  expect(clientBehind('10.0.0.1', '203.0.113.7', inNetworks([]))).toBe('10.0.0.1')
})
