import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { serveForTest } from '../../test/kit/serve-for-test.ts'
import { systemClock } from '../core/clock.ts'
import { netInCrowds } from './net-in-crowds.ts'
import { createNet, type NetSettings } from './send.ts'
import { type SendingThread, startSendingThread } from './sending-thread.ts'
import type { WireRequest } from './wire.ts'

const settings: NetSettings = {
  outboundAllow: ['127.0.0.1'],
  connectTimeoutMs: 5_000,
  callTimeoutMs: 20_000,
  answerBytesMax: 1_000,
}

async function ready(failed?: (cause: unknown) => void): Promise<SendingThread> {
  const thread = startSendingThread(settings, { failed })
  onTestFinished(thread.close)
  await expect.poll(thread.isReady).toBe(true)
  return thread
}

const get = (url: string) => ({ method: 'GET', url, headers: {}, credential: {} })

const answers: Record<string, (answer: ServerResponse) => void> = {
  '/json': answer => answer.setHeader('content-type', 'application/json').end('{"name":"Zoë","at":"東京"}'),
  '/bytes': answer => answer.end(Buffer.from([0, 255, 128, 10])),
  '/nothing': answer => answer.writeHead(204).end(),
  '/headers': answer =>
    answer.setHeader('set-cookie', ['a=1', 'b=2']).setHeader('link', '</next>; rel="next"').end('x'),
  '/packed': answer => answer.setHeader('content-encoding', 'gzip').end(gzipSync('unpacked')),
  '/redirect': answer => answer.writeHead(302, { location: '/json' }).end(),
  '/away': answer => answer.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
  '/refusal': answer => answer.writeHead(429, { 'retry-after': '7' }).end('{"message":"slow down"}'),
  '/large': answer => answer.end('x'.repeat(1_001)),
  '/broken': answer => {
    answer.writeHead(200, { 'content-length': 100 }).write('only this')
    setImmediate(() => answer.destroy())
  },
}

test('an answer that came by the thread is the same, to the byte, as one that did not', async () => {
  const url = await serveForTest(({ url = '' }, answer) => answers[url]?.(answer.setHeader('date', 'never')))
  const direct = createNet(settings, systemClock)
  onTestFinished(direct.close)
  const thread = await ready()
  const requests: WireRequest[] = [
    ...Object.keys(answers).map(path => get(url + path)),
    { ...get(`${url}/redirect`), redirects: 'none' },
    get('http://127.0.0.1:1/'),
    get('http://192.168.0.1/'),
    { ...get(url), headers: { 'not a header': 'x' } },
  ]
  const expected = await Promise.all(requests.map(direct.send))
  const together = await Promise.all(requests.map(({ body: _, ...request }) => thread.send(request)))
  expect(together).toEqual(expected)
  expect(expected.map(result => (result.kind === 'lost' ? result.reason : result.status))).toEqual([
    ...[200, 200, 204, 200, 200, 200, 'blocked_address', 429, 'too_large', 'closed'],
    ...[302, 'refused', 'blocked_address', 'bad_request'],
  ])
})

test('a request goes by the thread as it was asked for: method, headers, credential, query, body, and its own time', async () => {
  const seen: unknown[] = []
  const url = await serveForTest(async (request, answer) => {
    if (request.url === '/hangs') return
    const { method, url: path, headers } = request
    seen.push({ method, path, mine: headers.mine, authorization: headers.authorization })
    for await (const piece of request.setEncoding('utf8')) seen.push(piece)
    answer.end()
  })
  const thread = await ready()
  await thread.send({
    method: 'POST',
    url: `${url}/things?a=1`,
    headers: { mine: 'yes' },
    credential: { authorization: 'Bearer s3cret' },
    credentialQuery: { key: 'k&y' },
    body: '{"ö":1}',
  })
  const authorization = 'Bearer s3cret'
  expect(seen).toEqual([{ method: 'POST', path: '/things?a=1&key=k%26y', mine: 'yes', authorization }, '{"ö":1}'])
  expect(await thread.send({ ...get(`${url}/hangs`), timeoutMs: 30 })).toMatchObject({
    kind: 'lost',
    reached: 'maybe_sent',
    reason: 'timeout',
  })
})

test('what the thread has when it is closed is lost, and may have been sent; that is no failure', async () => {
  const arrived = Promise.withResolvers<void>()
  const url = await serveForTest(() => arrived.resolve())
  const failures: unknown[] = []
  const thread = await ready(cause => failures.push(cause))
  const sending = thread.send(get(url))
  expect(thread.underWay()).toBe(1)
  await arrived.promise
  await thread.close()
  expect(await sending).toMatchObject({ kind: 'lost', reached: 'maybe_sent', reason: 'closed' })
  expect(thread.underWay()).toBe(0)
  expect(failures).toEqual([])
})

test('a thread that hangs is ended, and what it had is lost as on a broken connection', async () => {
  const hanging = `
    import { parentPort } from 'node:worker_threads'
    parentPort.on('message', () => { for (;;); })
    parentPort.postMessage('ready')`
  const failures: unknown[] = []
  const thread = startSendingThread(
    { ...settings, callTimeoutMs: 30 },
    {
      failed: cause => failures.push(cause),
      program: new URL(`data:text/javascript,${encodeURIComponent(hanging)}`),
      graceMs: 20,
    },
  )
  await expect.poll(thread.isReady).toBe(true)
  expect(await thread.send(get('http://127.0.0.1:1/'))).toMatchObject({ kind: 'lost', reached: 'maybe_sent' })
  expect(thread.isReady()).toBe(false)
  expect(failures).toMatchObject([{ message: 'it hangs' }])
  await thread.close()
})

test('only crowds go by the thread, and of them only what can; without it all goes as ever', async () => {
  let held: ServerResponse[] = []
  let arrived = 0
  const url = await serveForTest((_, answer) => {
    arrived += 1
    held.push(answer)
  })
  const started: SendingThread[] = []
  const start = (given: NetSettings) => {
    const thread = startSendingThread(given)
    started.push(thread)
    return thread
  }
  const net = netInCrowds(createNet(settings, systemClock), settings, { after: 2, start })
  onTestFinished(net.close)
  /** Sends so many at once, and answers once all have arrived. */
  const send = async (many: number, request: WireRequest = get(url)) => {
    const sending = Array.from({ length: many }, () => net.send(request))
    await expect.poll(() => held.length).toBe(many)
    const byThread = started[0]?.underWay() ?? 0
    for (const answer of held) answer.end('here')
    held = []
    for (const result of await Promise.all(sending)) expect(result).toMatchObject({ kind: 'answered', status: 200 })
    return byThread
  }

  for (let i = 0; i < 5; i++) await send(8)
  expect(started).toEqual([])
  expect(await send(10)).toBe(0)
  await expect.poll(() => started[0]?.isReady()).toBe(true)
  expect(await send(8)).toBe(0)
  expect(await send(12)).toBe(4)
  async function* open() {
    yield Buffer.from('abc')
  }
  expect(await send(12, { ...get(url), method: 'POST', body: { bytes: 3, open } })).toBe(0)

  await started[0]?.close()
  expect(await send(12)).toBe(0)
  expect(started).toHaveLength(1)
  expect(arrived).toBe(5 * 8 + 10 + 8 + 12 + 12 + 12)
})
