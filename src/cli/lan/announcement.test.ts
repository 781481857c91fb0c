import { expect, test } from 'vitest'
import { version } from '../../core/version.ts'
import { announcementOf, relayOf } from './announcement.ts'

test('a relay announces its port, its version and that it wants a key, as _clawlink._tcp', () => {
  expect(announcementOf('desk.example.com', 9077, undefined)).toEqual({
    name: 'ClawLink Relay (desk)',
    type: 'clawlink',
    protocol: 'tcp',
    port: 9077,
    txt: { version, hostname: 'desk', auth: 'yes' },
  })
  expect(announcementOf('a'.repeat(80), 1, 'https://claw.example.com').txt.url).toBe('https://claw.example.com')
  expect(announcementOf('a'.repeat(80), 1, undefined).name.length).toBeLessThanOrEqual(63)
})

test('what is found is reached by its own URL, else by an address that works without naming a link', () => {
  const found = { name: 'ClawLink Relay (desk)', port: 9077, txt: { version: '0.1.0', auth: 'yes' } }
  const at = (addresses: string[], txt = {}) => relayOf({ ...found, addresses, txt: { ...found.txt, ...txt } })?.url
  expect(at(['fe80::1', 'fd00::2', '192.0.2.2'])).toBe('http://192.0.2.2:9077')
  expect(at(['fe80::1', 'fd00::2'])).toBe('http://[fd00::2]:9077')
  expect(at(['192.0.2.2'], { url: 'https://claw.example.com/' })).toBe('https://claw.example.com')
  expect(at(['fe80::1'])).toBeUndefined()
})

test('what anybody in the network says moves no cursor and names no other kind of URL', () => {
  const said = { name: 'x\u001b[2J', port: 9077, addresses: ['192.0.2.2'] }
  expect(relayOf({ ...said, txt: { version: '1\n2', url: 'file:///etc/passwd' } })).toEqual({
    name: 'x [2J',
    url: 'http://192.0.2.2:9077',
    version: '1 2',
    keyNeeded: true,
  })
  expect(relayOf({ ...said, txt: { url: 'https://a:b@claw.example.com' } })?.url).toBe('http://192.0.2.2:9077')
  expect(relayOf({ ...said, port: 0, txt: null })).toBeUndefined()
  expect(relayOf({ ...said, addresses: ['evil.example.com/'] })).toBeUndefined()
})
