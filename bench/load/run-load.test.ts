import { createServer, type RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import { postRequest } from '../subjects/subject.ts'
import { runLoad } from './run-load.ts'

const measureMs = 250

async function loadOn(listener: RequestListener, connections: number) {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  await using stack = new AsyncDisposableStack()
  stack.defer(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('no port')
  const request = postRequest(address.port, '/', {}, { any: 'thing' })
  const marks: string[] = []
  const job = { port: address.port, request, marker: 'fine', connections, warmMs: 50, measureMs }
  const figures = await runLoad(job, mark => marks.push(mark))
  return { figures, marks }
}

describe('the load generator', () => {
  it('gets exactly one answer for each request that the server saw', async () => {
    let served = 0
    const { figures } = await loadOn((request, response) => {
      request.resume().on('end', () => response.end(`fine ${served++}`))
    }, 16)
    expect(figures.answersOverall).toBe(served)
    expect(figures.answers).toBeLessThan(served)
  })

  it("obeys Little's law: calls per second times latency is the number of connections", async () => {
    const connections = 8
    const { figures, marks } = await loadOn((_request, response) => {
      setTimeout(() => response.end('fine'), 10)
    }, connections)
    // The edges of the window cut through one request per connection; a busy machine adds to that.
    const tolerance = connections * (figures.meanMs / measureMs) + 1.5
    const law = (figures.callsPerSecond * figures.meanMs) / 1000
    expect(Math.abs(law - connections)).toBeLessThan(tolerance)
    expect(figures.p50Ms).toBeGreaterThan(9)
    expect(marks).toEqual(['begin', 'end'])
  })

  it('stops at an answer of another status', async () => {
    const refused = loadOn((_request, response) => response.writeHead(503).end('fine'), 2)
    await expect(refused).rejects.toThrow('wrong answer: HTTP 503 fine')
  })

  it('stops at an answer without the marker', async () => {
    const empty = loadOn((_request, response) => response.end('{"ok":true}'), 2)
    await expect(empty).rejects.toThrow('wrong answer: HTTP 200 {"ok":true}')
  })

  it('stops when the server hangs up', async () => {
    const gone = loadOn((_request, response) => response.destroy(), 2)
    await expect(gone).rejects.toThrow(/closed a connection|ECONNRESET/)
  })
})
