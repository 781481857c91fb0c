import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { afterAll, expect, test } from 'vitest'
import { movableClock } from '../../test/kit/movable-clock.ts'
import { selfSigned } from '../../test/kit/self-signed.ts'
import { createNet } from './send.ts'
import type { WireRequest } from './wire.ts'

const [site, first, second] = [selfSigned(), selfSigned(), selfSigned()]
const server = createServer({ ...site, requestCert: true, rejectUnauthorized: false }, (req, res) => {
  const { fingerprint256 = 'none' } = (req.socket as TLSSocket).getPeerCertificate() // an https server's sockets are TLS
  res.end(`${fingerprint256} ${req.socket.remotePort}`)
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo // a TCP server that listens has one
setDefaultCACertificates([...getCACertificates('default'), site.cert])

const settings = { connectTimeoutMs: 5_000, callTimeoutMs: 500_000, answerBytesMax: 1000 }
const net = createNet({ ...settings, outboundAllow: ['localhost'] }, movableClock())
afterAll(async () => {
  await net.close()
  server.close()
  server.closeAllConnections()
})

let loads = 0
async function ask(identity?: { key: string; cert: string }, name = identity?.cert ?? ''): Promise<string[]> {
  const load = async () => {
    loads++
    if (!identity) throw new Error('nothing to load')
    return identity
  }
  const request: WireRequest = { method: 'GET', url: `https://localhost:${port}/`, headers: {}, credential: {} }
  const result = await net.send(name ? { ...request, certificate: { name, load } } : request)
  if (result.kind === 'lost') return [result.reached, result.reason]
  return result.body.toString().split(' ')
}

test('a client certificate is shown to the server, and to no connection of anybody else', async () => {
  const [mine, minePort] = await ask(first)
  const [others, othersPort] = await ask(second)
  const [nobodys, nobodysPort] = await ask()
  expect(new Set([mine, others, nobodys]).size).toBe(3)
  expect(new Set([minePort, othersPort, nobodysPort]).size).toBe(3)
  expect(nobodys).toBe('none')
})

test('a connection that stands is used again without loading the key anew', async () => {
  const [, before] = await ask(first)
  await nextTurn() // the connection is free again
  const loaded = loads
  const [, after] = await ask(first)
  expect([after, loads]).toEqual([before, loaded])
})

test('a certificate that cannot be loaded sends nothing', async () => {
  expect(await ask(undefined, 'gone')).toEqual(['not_sent', 'closed'])
})
