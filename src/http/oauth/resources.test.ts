import { describe, expect, test } from 'vitest'
import { ownResources, resourceAt } from './resources.ts'

const none = { publicUrl: undefined, allowedHosts: [] }

describe('the URLs that are our own MCP endpoint', () => {
  test('on this machine are both names of it', () => {
    expect(ownResources(none, 'http://127.0.0.1:9077')).toEqual([
      'http://127.0.0.1:9077/mcp',
      'http://localhost:9077/mcp',
    ])
  })

  test('with a public URL are that one alone: localhost is somewhere else for a client on another machine', () => {
    const settings = { publicUrl: 'https://cl.example', allowedHosts: ['nas.local'] }
    expect(ownResources(settings, 'https://cl.example')).toEqual(['https://cl.example/mcp'])
  })

  test('hold the further names that the owner allowed, with our own port', () => {
    expect(ownResources({ ...none, allowedHosts: ['nas.local'] }, 'http://192.168.1.5:9077')).toEqual([
      'http://192.168.1.5:9077/mcp',
      'http://nas.local:9077/mcp',
    ])
  })
})

describe('the one that a client means', () => {
  const resources = ownResources(none, 'http://127.0.0.1:9077')
  test.for([
    ['localhost:9077', 'http://localhost:9077/mcp'],
    ['LOCALHOST:9077', 'http://localhost:9077/mcp'],
    ['localhost:9078', 'http://127.0.0.1:9077/mcp'],
    ['evil.example', 'http://127.0.0.1:9077/mcp'],
    [undefined, 'http://127.0.0.1:9077/mcp'],
  ] as const)('which asked %s is %s', ([host, resource]) => {
    expect(resourceAt(resources, host)).toBe(resource)
  })
})
