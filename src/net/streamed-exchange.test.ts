import type { RequestListener } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { movableClock } from '../../test/kit/movable-clock.ts'
import { serveForTest } from '../../test/kit/serve-for-test.ts'
import { createNet } from './send.ts'
import type { BodySource, Sink, WireRequest } from './wire.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const clock = movableClock()
const idleMs = 500_000 // far longer than a test may take: only the clock that is moved can end a wait
function send(request: Partial<WireRequest> & { url: string }) {
  const settings = {
    outboundAllow: ['127.0.0.1'],
    connectTimeoutMs: 5_000,
    callTimeoutMs: idleMs,
    answerBytesMax: 1000,
  }
  const net = createNet(settings, clock)
  undo.push(() => net.close())
  return net.send({ method: 'GET', headers: {}, credential: {}, ...request })
}

const mib = 1024 * 1024
function source(bytes: number, given: { pieces: number; ended: boolean } = { pieces: 0, ended: false }): BodySource {
  return {
    bytes,
    async *open() {
      try {
        for (let left = bytes; left > 0; left -= 64 * 1024) {
          given.pieces++
          yield Buffer.alloc(Math.min(left, 64 * 1024), 'a')
        }
      } finally {
        given.ended = true
      }
    },
  }
}

function sink(bytesMax = 10 * mib) {
  const seen = { bytes: 0, failed: false, ended: false }
  const take: Sink['take'] = async (_, content) => {
    try {
      for await (const piece of content) seen.bytes += piece.length
    } catch (cause) {
      seen.failed = true
      throw cause
    } finally {
      seen.ended = true
    }
    return 'kept'
  }
  return { seen, sink: { bytesMax, take } }
}

describe('a body that is streamed', () => {
  test('says its length, arrives whole, and can be sent again from its beginning', async () => {
    const seen: unknown[] = []
    const url = await serveForTest(async (req, res) => {
      let bytes = 0
      for await (const piece of req) bytes += piece.length
      seen.push([req.headers['content-length'], req.headers['transfer-encoding'], bytes])
      res.end('{}')
    })
    const body = source(3 * mib + 1)
    for (const each of [body, body, source(0)])
      expect(await send({ url, method: 'PUT', body: each })).toMatchObject({ status: 200 })
    const once = [String(3 * mib + 1), undefined, 3 * mib + 1]
    expect(seen).toEqual([once, once, ['0', undefined, 0]])
  })

  test('is read no faster than the other side takes it, and not on when that side answers early', async () => {
    const given = { pieces: 0, ended: false }
    const url = await serveForTest((req, res) => {
      req.pause()
      res.writeHead(413).end('{"error":"too large"}')
    })
    const result = await send({ url, method: 'POST', body: source(500 * mib, given) })
    expect(result).toMatchObject({ kind: 'answered', status: 413 })
    expect(given.pieces).toBeLessThan(500)
  })

  test('may have been carried out once it began, and is let go of when the connection breaks', async () => {
    const given = { pieces: 0, ended: false }
    const url = await serveForTest(req => req.once('data', () => req.socket.destroy()))
    const result = await send({ url, method: 'POST', body: source(50 * mib, given) })
    expect(result).toMatchObject({ kind: 'lost', reached: 'maybe_sent', reason: 'closed' })
  })

  test('whose source fails is no whole request', async () => {
    const url = await serveForTest(req => req.resume())
    const body = {
      bytes: 10,
      // biome-ignore lint/correctness/useYield: it fails before it gives anything
      async *open(): AsyncGenerator<Buffer> {
        throw new Error('a chunk is missing')
      },
    }
    expect(await send({ url, method: 'POST', body })).toMatchObject({ kind: 'lost', reached: 'maybe_sent' })
  })

  test.each([301, 302, 303, 307, 308])('is streamed nowhere else by a redirect (%i)', async status => {
    const paths: unknown[] = []
    const url = await serveForTest((req, res) => {
      paths.push(req.url)
      req.resume().on('end', () => res.writeHead(status, { location: '/other' }).end())
    })
    expect(await send({ url: `${url}/own`, method: 'PUT', body: source(100) })).toMatchObject({ reason: 'redirect' })
    expect(paths).toEqual(['/own'])
  })
})

describe('an answer that is sunk', () => {
  const content = Buffer.alloc(2 * mib, 'b')
  test('goes there whole and not into memory, whatever its coding', async () => {
    for (const [coding, bytes] of [
      ['identity', content],
      ['gzip', gzipSync(content)],
      ['br', brotliCompressSync(content)],
    ] as const) {
      const url = await serveForTest((_, res) => res.setHeader('content-encoding', coding).end(bytes))
      const { seen, sink: into } = sink()
      expect(await send({ url, sink: into })).toMatchObject({
        status: 200,
        body: Buffer.alloc(0),
        sunk: { bytes: bytes.length, value: 'kept' },
      })
      expect(seen).toEqual({ bytes: content.length, failed: false, ended: true })
    }
  })

  test('is one of success only: an error is read as ever', async () => {
    const url = await serveForTest((_, res) => res.writeHead(404).end('{"error":"none"}'))
    const { seen, sink: into } = sink()
    const result = await send({ url, sink: into })
    expect(result.kind === 'answered' && [result.status, result.body.toString()]).toEqual([404, '{"error":"none"}'])
    expect(seen.ended).toBe(false)
  })

  test.each<[string, RequestListener, string]>([
    ['cut off', (_, res) => res.setHeader('content-length', 100).write('x', () => res.destroy()), 'closed'],
    ['too large', (_, res) => res.end(Buffer.alloc(11 * mib)), 'too_large'],
    [
      'too large unpacked',
      (_, res) => res.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(11 * mib))),
      'too_large',
    ],
    ['not what its coding says', (_, res) => res.setHeader('content-encoding', 'gzip').end('plain'), 'malformed'],
    ['of an unknown coding', (_, res) => res.setHeader('content-encoding', 'zstd').end('x'), 'malformed'],
  ])('is lost when it is %s, and the sink has ended by then', async (_, answer, reason) => {
    const url = await serveForTest(answer)
    const { seen, sink: into } = sink()
    expect(await send({ url, sink: into })).toMatchObject({ kind: 'lost', reached: 'maybe_sent', reason })
    if (reason !== 'malformed') expect(seen).toMatchObject({ failed: true, ended: true })
  })

  test('is lost when the sink fails, and not read on when the sink wants no more', async () => {
    const url = await serveForTest((_, res) => res.end(Buffer.alloc(5 * mib)))
    const failing = { bytesMax: 10 * mib, take: async () => Promise.reject(new Error('the disk is full')) }
    expect(await send({ url, sink: failing })).toMatchObject({ kind: 'lost', reason: 'unkept' })
    const content = { bytesMax: 10 * mib, take: async () => 'enough' }
    expect(await send({ url, sink: content })).toMatchObject({ kind: 'answered', sunk: { value: 'enough' } })
  })

  test('comes no faster than the sink takes it', async () => {
    const pieces = 1600
    let written = 0
    const url = await serveForTest((_, res) => {
      const more = () => {
        while (written < pieces) {
          written++
          if (!res.write(Buffer.alloc(64 * 1024))) return void res.once('drain', more)
        }
        res.end()
      }
      more()
    })
    const slow = Promise.withResolvers<void>()
    const began = Promise.withResolvers<void>()
    const take: Sink['take'] = async (_, content) => {
      let bytes = 0
      for await (const piece of content) {
        if (bytes === 0) began.resolve()
        if (bytes === 0) await slow.promise
        bytes += piece.length
      }
      return bytes
    }
    const sending = send({ url, sink: { bytesMax: 200 * mib, take } })
    await began.promise
    // What both sides' buffers hold is written by then.
    for (let turn = 0; turn < 2000; turn++) await nextTurn()
    expect(written).toBeLessThan(pieces / 2)
    slow.resolve()
    expect(await sending).toMatchObject({ status: 200, sunk: { value: pieces * 64 * 1024 } })
  })
})

describe('the time for a file', () => {
  test('is counted from its last byte, and over in the end all the same', async () => {
    const pieces: ((more: boolean) => void)[] = []
    const asked = Promise.withResolvers<void>()
    const url = await serveForTest((_, res) => {
      pieces.push(more => (more ? res.write('x') : res.end()))
      res.write('x')
      asked.resolve()
    })
    const came = () => Promise.withResolvers<void>()
    let next = came()
    const take: Sink['take'] = async (_, content) => {
      for await (const _piece of content) next.resolve()
      return ''
    }
    const sending = send({ url, sink: { bytesMax: 1000, take } })
    await asked.promise
    await next.promise
    for (const _ of [1, 2]) {
      clock.move(idleMs * 0.8)
      next = came()
      pieces[0]?.(true)
      await next.promise
    }
    clock.move(idleMs + 1)
    expect(await sending).toMatchObject({ kind: 'lost', reason: 'timeout' })
  })
})
