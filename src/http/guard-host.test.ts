import { describe, expect, test } from 'vitest'
import { configSchema } from '../core/config.ts'
import { guardHost } from './guard-host.ts'

const settings = { dataDir: '/data', keyringFile: '/keys/keyring.json' }
const guard = (more: object = {}) => guardHost(configSchema.parse({ ...settings, ...more }))

describe('a request by its Host', () => {
  const served = guard({ publicUrl: 'https://claw.example:8443/x', allowedHosts: 'box.lan', host: 'desk' })
  test.each([
    ['claw.example', true],
    ['claw.example:443', true],
    ['CLAW.EXAMPLE', true],
    ['box.lan:9077', true],
    ['desk', true],
    ['localhost', true],
    ['0.0.0.0', true],
    ['[fe80::1]:9077', true],
    ['a.claw.example', false],
    ['claw.example.evil.example', false],
    ['evil.example', false],
    ['evil.example:localhost', false],
    ['localhost:evil.example', false],
    ['', false],
  ])('%j is ours: %s', (host, ours) => {
    expect(served({ host }) === undefined).toBe(ours)
  })

  test('that has none is refused', () => {
    expect(served({})).toMatchObject({ code: 'forbidden' })
  })
})

describe('a request by its Origin', () => {
  test.each([
    ['the same address', '10.0.0.7:9077', 'http://10.0.0.7:9077', true],
    ['the same address by another port', '10.0.0.7:9077', 'http://10.0.0.7:3000', true],
    ['the same IPv6 address', '[fd00::1]:9077', 'http://[fd00::1]:9077', true],
    ['this machine', '10.0.0.7:9077', 'http://127.0.0.1:5173', true],
    ['this machine by its name', '127.0.0.1', 'http://localhost', true],
    ['the public name', '127.0.0.1', 'https://claw.example', true],
    ['another address', '127.0.0.1', 'http://10.0.0.8', false],
    ['another IPv6 address', '[::1]', 'http://[fd00::1]', false],
    ['another name', 'localhost', 'https://evil.example', false],
    ['a name that begins like ours', 'localhost', 'https://claw.example.evil.example', false],
    ['a page from a file', 'localhost', 'null', false],
    ['an extension', 'localhost', 'chrome-extension://abc', false],
    ['an empty one', 'localhost', '', false],
  ])('%s (Host %s, Origin %j) is ours: %s', (_, host, origin, ours) => {
    const refused = guard({ publicUrl: 'https://claw.example' })({ host, origin })
    expect(refused === undefined).toBe(ours)
  })
})
