import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { movableClock } from '../../test/kit/movable-clock.ts'
import { createNet, type NetSettings } from './send.ts'
import type { WireRequest } from './wire.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  undo.push(() => new Promise(closed => server.close(closed)))
  return (server.address() as AddressInfo).port // a TCP server that listens has one
}

async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer)
  const port = await listen(server)
  undo.push(() => server.closeAllConnections())
  return port
}

const clock = movableClock()
// Far longer than a test may take: only the clock that is moved can end a wait.
const limits = { connectTimeoutMs: 5_000, callTimeoutMs: 500_000, answerBytesMax: 1000 }

function netTo(...outboundAllow: string[]) {
  const net = createNet({ ...limits, outboundAllow } satisfies NetSettings, clock)
  undo.push(() => net.close())
  return net
}

const get = (url: string) => ({ method: 'GET', url, headers: {}, credential: {} })

describe('a private address', () => {
  test.each(['127.0.0.1', 'localhost'])(
    'is not connected to by %s, unless an owner allowed that host and port',
    async host => {
      let connections = 0
      const server = createServer((_, answer) => answer.end('here'))
      server.on('connection', () => connections++)
      const port = await listen(server)
      const url = `http://${host}:${port}/`
      for (const allowed of [[], ['127.0.0.1:1'], ['example.com'], [`${port}`]]) {
        expect(await netTo(...allowed).send(get(url))).toMatchObject({
          kind: 'lost',
          reached: 'not_sent',
          reason: 'blocked_address',
        })
      }
      expect(connections).toBe(0)
      for (const allowed of [host, `${host}:${port}`]) {
        expect(await netTo(allowed).send(get(url))).toMatchObject({ kind: 'answered', status: 200 })
      }
      server.closeAllConnections()
    },
  )
})

describe('how far a request got', () => {
  test('not sent, when nobody listens', async () => {
    const server = createTcpServer()
    const port = await listen(server)
    await undo.pop()?.()
    expect(await netTo('127.0.0.1').send(get(`http://127.0.0.1:${port}/`))).toMatchObject({
      kind: 'lost',
      reached: 'not_sent',
      reason: 'refused',
    })
  })

  test('not sent, when no secure connection can be made', async () => {
    const port = await serve((_, answer) => answer.end())
    expect(await netTo('127.0.0.1').send(get(`https://127.0.0.1:${port}/`))).toMatchObject({
      kind: 'lost',
      reached: 'not_sent',
    })
  })

  const unsendable: [what: string, wrong: Partial<WireRequest>, path?: string][] = [
    ['a header', { headers: { 'x-a': 'b\r\nx-injected: 1' } }],
    ['a credential', { credential: { authorization: 'Bearer a\nb' } }],
    ['a header name', { headers: { 'x a': 'b' } }],
    ['a method', { method: 'GET / HTTP/1.1\r\nx: y' }],
    ['a path', {}, '/a b'],
    ['a path with a line break', {}, '/a\r\nx-injected: 1'],
  ]
  test.each(unsendable)('not sent, when %s cannot be put on the wire', async (_, wrong, path = '/') => {
    let requests = 0
    const port = await serve((_, answer) => {
      requests++
      answer.end()
    })
    const result = await netTo('127.0.0.1').send({ ...get(`http://127.0.0.1:${port}${path}`), ...wrong })
    expect(result).toMatchObject({ kind: 'lost', reached: 'not_sent', reason: 'bad_request' })
    expect(requests).toBe(0)
    expect(JSON.stringify(result)).not.toContain('injected')
  })

  test('maybe sent, when the connection ends before the answer does', async () => {
    const port = await serve(request => request.socket.destroy())
    expect(await netTo('127.0.0.1').send(get(`http://127.0.0.1:${port}/`))).toMatchObject({
      kind: 'lost',
      reached: 'maybe_sent',
      reason: 'closed',
    })
  })

  test.each(['nonsense\r\n\r\n', 'HTTP/1.1 abc\r\n\r\n', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'])(
    'maybe sent, when the answer is no HTTP: %j',
    async bytes => {
      const server = createTcpServer(socket => {
        socket.on('error', () => {})
        socket.once('data', () => socket.end(bytes))
      })
      const port = await listen(server)
      const result = await netTo('127.0.0.1').send(get(`http://127.0.0.1:${port}/`))
      expect(result).toMatchObject({ kind: 'lost', reached: 'maybe_sent', reason: 'malformed' })
    },
  )
})

describe('the time for one attempt', () => {
  test('ends a wait for an answer, and the connection with it', async () => {
    const asked = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    const port = await serve(request => {
      request.socket.once('close', () => closed.resolve())
      asked.resolve()
    })
    const sending = netTo('127.0.0.1').send(get(`http://127.0.0.1:${port}/`))
    await asked.promise
    clock.move(limits.callTimeoutMs)
    expect(await sending).toEqual({
      kind: 'lost',
      reached: 'maybe_sent',
      reason: 'timeout',
      message: 'No complete answer in time.',
    })
    await closed.promise
  })

  test('counts redirects too: it is not given anew to each of them', async () => {
    const asked: (() => void)[] = []
    const next = () => new Promise<void>(resolve => asked.push(resolve))
    const held: (() => void)[] = []
    const port = await serve((_, answer) => {
      held.push(() => answer.writeHead(302, { location: '/again' }).end())
      asked.shift()?.()
    })
    const first = next()
    const second = next()
    const sending = netTo('127.0.0.1').send(get(`http://127.0.0.1:${port}/`))
    await first
    clock.move(limits.callTimeoutMs - 1)
    held.shift()?.()
    await second
    clock.move(1)
    expect(await sending).toMatchObject({ kind: 'lost', reason: 'timeout' })
  })

  test('is over when the answer is there, for this request and for the next one', async () => {
    const port = await serve((_, answer) => answer.end('{}'))
    const net = netTo('127.0.0.1')
    for (let i = 0; i < 3; i++) {
      expect(await net.send(get(`http://127.0.0.1:${port}/`))).toMatchObject({ kind: 'answered', status: 200 })
      clock.move(limits.callTimeoutMs)
    }
  })
})

describe('the size of an answer', () => {
  test.each([true, false])('is at most what the settings say (length announced: %s)', async announced => {
    for (const [bytes, kind] of [
      [1000, 'answered'],
      [1001, 'lost'],
      [100_000, 'lost'],
    ] as const) {
      const port = await serve((_, answer) => {
        if (announced) answer.setHeader('content-length', bytes)
        answer.on('error', () => {})
        answer.write('a')
        answer.end('a'.repeat(bytes - 1))
      })
      const result = await netTo('127.0.0.1').send(get(`http://127.0.0.1:${port}/`))
      expect([bytes, result.kind]).toEqual([bytes, kind])
      if (result.kind === 'lost') expect(result).toMatchObject({ reached: 'maybe_sent', reason: 'too_large' })
    }
  })

  test('counts what it unpacks to', async () => {
    for (const [bytes, kind] of [
      [1000, 'answered'],
      [1001, 'lost'],
      [10_000_000, 'lost'],
    ] as const) {
      const packed = gzipSync(Buffer.alloc(bytes))
      if (packed.length > 1000) continue
      const port = await serve((_, answer) => answer.setHeader('content-encoding', 'gzip').end(packed))
      const result = await netTo('127.0.0.1').send(get(`http://127.0.0.1:${port}/`))
      expect([bytes, result.kind]).toEqual([bytes, kind])
    }
    const bomb = gzipSync(gzipSync(Buffer.alloc(10_000_000)))
    const port = await serve((_, answer) => answer.setHeader('content-encoding', 'gzip').end(bomb))
    expect(await netTo('127.0.0.1').send(get(`http://127.0.0.1:${port}/`))).toMatchObject({ reason: 'too_large' })
  })
})

describe('a coding of the body that was not asked for', () => {
  const text = Buffer.from('{"a":"ü"}')
  test.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', text],
    ['', text],
  ])('is undone: %j', async (coding, bytes) => {
    const port = await serve((_, answer) => answer.setHeader('content-encoding', coding).end(bytes))
    const result = await netTo('127.0.0.1').send(get(`http://127.0.0.1:${port}/`))
    expect(result.kind === 'answered' && result.body.toString()).toBe(text.toString())
  })

  test.each([
    ['zstd', text],
    ['gzip, gzip', gzipSync(gzipSync(text))],
    ['toString', text],
    ['gzip', text],
    ['gzip', gzipSync(text).subarray(0, 10)],
    ['br', text],
  ])('makes the answer malformed when it cannot be: %j', async (coding, bytes) => {
    const port = await serve((_, answer) => answer.setHeader('content-encoding', coding).end(bytes))
    expect(await netTo('127.0.0.1').send(get(`http://127.0.0.1:${port}/`))).toMatchObject({
      kind: 'lost',
      reached: 'maybe_sent',
      reason: 'malformed',
    })
  })

  test('means nothing for an answer without a body', async () => {
    for (const status of [200, 204]) {
      const port = await serve((_, answer) => answer.writeHead(status, { 'content-encoding': 'gzip' }).end())
      expect(await netTo('127.0.0.1').send(get(`http://127.0.0.1:${port}/`))).toMatchObject({
        kind: 'answered',
        status,
      })
    }
  })
})

test('what is sent is what was given: method, path, headers, credential and body', async () => {
  const bodies: string[] = []
  const seen: unknown[] = []
  const port = await serve(async (request, answer) => {
    for await (const piece of request) bodies.push(String(piece))
    const { method, url, headers } = request
    seen.push([method, url, headers['x-a'], headers.authorization, headers['content-length']])
    answer.end('{}')
  })
  await netTo('127.0.0.1').send({
    method: 'POST',
    url: `http://127.0.0.1:${port}/a/%2e%2e/b?c=d%20e`,
    headers: { 'x-a': '1' },
    credential: { authorization: 'Bearer secret' },
    body: '{"ü":1}',
  })
  expect([seen, bodies]).toEqual([[['POST', '/a/%2e%2e/b?c=d%20e', '1', 'Bearer secret', '8']], ['{"ü":1}']])
})

test('an early hint is not the answer', async () => {
  const port = await serve((_, answer) => {
    answer.writeEarlyHints({ link: '</a.css>; rel=preload' })
    answer.end('{"a":1}')
  })
  const result = await netTo('127.0.0.1').send(get(`http://127.0.0.1:${port}/`))
  expect(result).toMatchObject({ kind: 'answered', status: 200 })
  expect(result.kind === 'answered' && result.headers.link).toBe(undefined)
})

test('a request that waits when everything closes ends', async () => {
  const asked = Promise.withResolvers<void>()
  const port = await serve(() => asked.resolve())
  const net = netTo('127.0.0.1')
  const sending = net.send(get(`http://127.0.0.1:${port}/`))
  await asked.promise
  await net.close()
  expect(await sending).toMatchObject({ kind: 'lost', reached: 'maybe_sent' })
})

test('a request whose time was over before it had a connection is not sent any more when one is free', async () => {
  const seen: (string | undefined)[] = []
  const held: ServerResponse[] = []
  const all = Promise.withResolvers<void>()
  const port = await serve(({ url }, answer) => {
    seen.push(url)
    if (url !== '/held') return answer.end()
    if (held.push(answer) === 128) all.resolve()
    return undefined
  })
  const net = netTo('127.0.0.1')
  const url = `http://127.0.0.1:${port}`
  const holding = Array.from({ length: 128 }, () => net.send(get(`${url}/held`)))
  await all.promise
  const late = net.send({ ...get(`${url}/late`), timeoutMs: 1_000 })
  clock.move(1_001)
  expect(await late).toMatchObject({ kind: 'lost', reached: 'not_sent' })
  for (const answer of held) answer.end()
  await Promise.all(holding)
  expect(await net.send(get(`${url}/next`))).toMatchObject({ status: 200 })
  expect(seen.filter(path => path !== '/held')).toEqual(['/next'])
})

test('a secret parameter is added on the wire only, once, and stays with its origin, even where a redirect repeats it', async () => {
  const seen: string[] = []
  const other = await serve((req, res) => {
    seen.push(`other ${req.url}`)
    res.end()
  })
  const port = await serve((req, res) => {
    seen.push(`own ${req.url}`)
    const [path, query] = req.url?.split('?') ?? []
    if (path === '/there') res.writeHead(302, { location: `http://127.0.0.1:${other}/away?${query}` })
    if (path === '/near') res.writeHead(302, { location: `/here?${query}` })
    res.end()
  })
  const net = netTo(`127.0.0.1:${port}`, `127.0.0.1:${other}`)
  const credentialQuery = { key: 'a&b' }
  await net.send({ ...get(`http://127.0.0.1:${port}/there?x=1`), credentialQuery })
  await net.send({ ...get(`http://127.0.0.1:${port}/near`), credentialQuery })
  expect(seen).toEqual(['own /there?x=1&key=a%26b', 'other /away?x=1', 'own /near?key=a%26b', 'own /here?key=a%26b'])
})

test('a request may have less time than others', async () => {
  const port = await serve(() => {})
  const net = netTo(`127.0.0.1:${port}`)
  const answer = net.send({ ...get(`http://127.0.0.1:${port}/`), timeoutMs: 1_000 })
  clock.move(1_001)
  expect(await answer).toMatchObject({ kind: 'lost', reached: 'not_sent', reason: 'connect_timeout' })
})
