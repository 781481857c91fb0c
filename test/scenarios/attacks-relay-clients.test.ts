/** The relay under clients that do not behave, and several that ask at once. */
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApp } from '../../src/app.ts'
import { Fault } from '../../src/core/errors.ts'
import { writtenMax } from '../../src/http/relay/connection.ts'
import { ackMessages } from '../../src/relay/messages/ack-messages.ts'
import { awaitMessages } from '../../src/relay/messages/await-messages.ts'
import { claimMessages } from '../../src/relay/messages/claim-messages.ts'
import { extendMessages } from '../../src/relay/messages/extend-messages.ts'
import { prepareMessages, putMessages } from '../../src/relay/messages/new-message.ts'
import { sendMessage } from '../../src/relay/messages/send-message.ts'
import { bothEnds } from '../kit/both-ends.ts'
import type { TestClawLink } from '../kit/clawlink.ts'
import { relayAgents, startSmallRelay } from '../kit/relay-agents.ts'
import { openSocket } from '../kit/web-socket.ts'

let claw: TestClawLink
const { newAgent, pair, own, waiting } = relayAgents(() => claw)

beforeAll(async () => {
  claw = await startSmallRelay()
})
afterAll(() => claw.stop())

test('what was acknowledged just before the connection ended is not given back', async () => {
  const [ann, bob] = await pair()
  for (let n = 0; n < 5; n++) {
    await using ws = await openSocket(claw.url, '/ws', { key: bob.key })
    ws.say({ type: 'hello' })
    await ws.next()
    await ann.send(bob, n)
    const { message } = (await ws.next()) as { message: { id: string; lease: string } }
    ws.say({ type: 'ack', id: message.id, lease: message.lease })
    await ws.end()
  }
  await expect.poll(() => bob.take()).toEqual([])
  expect(await waiting(bob)).toBe(0)
})

describe('a client that does not read', () => {
  /** What the server has read at once it answers, however small the frames are. */
  const piledUp = 16 * writtenMax
  const frames = (opcode: number, text: string) => {
    const frame = Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text)])
    return Buffer.concat(Array.from({ length: 2_000 }, () => frame))
  }

  test.each([
    ['what it says wrongly', frames(1, '{}')],
    ['its pings', frames(9, 'x'.repeat(100))],
  ])('of %s no answers pile up in memory', async (_, flood) => {
    const bob = await newAgent('bob')
    const { client, server } = await bothEnds(claw.url)
    client.write(
      `GET /ws HTTP/1.1\r\nhost: ${new URL(claw.url).host}\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
        `sec-websocket-version: 13\r\nsec-websocket-key: ${Buffer.alloc(16).toString('base64')}\r\n` +
        `authorization: Bearer ${bob.key}\r\n\r\n`,
    )
    await once(client, 'data')
    client.pause()
    // It says more whenever that is taken, until the server, with as much to write as it may have, does not read on.
    const readsNoMore = () => server.isPaused() && server.writableLength >= writtenMax
    while (!readsNoMore() && server.writableLength < piledUp && !server.destroyed) {
      if (!client.writableNeedDrain) client.write(flood)
      await setImmediate()
    }
    expect(readsNoMore()).toBe(true)
    expect(server.writableLength).toBeLessThan(piledUp)
    client.destroy()
  })
})

describe.runIf(process.env.CLAWLINK_TEST_DIALECT === 'postgres')('two processes', () => {
  test('never give one message to two, however many ask at once, and store what is sent twice once', async () => {
    const [ann, bob] = await pair()
    const { app } = claw
    const opened = await openApp(app.config, { clock: claw.clock, log: app.log })
    if (opened instanceof Fault) throw new Error(opened.message)
    const apps = [app, opened.app]
    const from = { workspaceId: app.workspaceId, agentId: ann.id, device: 'a' }
    const sent = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        sendMessage(apps[n % 2] ?? app, from, {
          to: bob.id,
          body: n % 15,
          messageId: `same-${n % 15}`,
          ...(n % 15 < 5 && { thread: 'one' }),
        }),
      ),
    )
    expect(sent.filter(each => !(each instanceof Fault) && !each.repeated)).toHaveLength(15)
    const got: string[] = []
    for (let round = 0; round < 8; round++) {
      const taken = await Promise.all(
        Array.from({ length: 12 }, async (_, n) => {
          const box = { workspaceId: app.workspaceId, agentId: bob.id, device: `d${n}` }
          const at = apps[n % 2] ?? app
          const messages = await claimMessages(at, box, { limit: 3, leaseMs: 3_600_000 })
          const held = messages.map(({ id, lease }) => ({ id, lease: lease ?? '' }))
          await extendMessages(apps[(n + 1) % 2] ?? app, box, held, 3_600_000)
          expect(await ackMessages(at, box, held)).toEqual(held.map(() => undefined))
          return held.map(({ id }) => id)
        }),
      )
      got.push(...taken.flat())
    }
    expect(got).toHaveLength(15)
    expect(new Set(got).size).toBe(15)
    await opened.close()
  })
})

describe('a stream of events', () => {
  test.runIf(process.env.CLAWLINK_TEST_DIALECT === 'postgres')(
    'has also what was stored before, and committed after, something else: all in order, and once',
    async () => {
      const [ann, bob] = await pair()
      const { app } = claw
      const late = await prepareMessages(app, [
        {
          id: own('msg_late'),
          workspaceId: app.workspaceId,
          mailbox: bob.id,
          from: { agentId: ann.id, device: 'a' },
          kind: 'message',
          priority: 'normal',
          body: 'late',
          expiresAt: app.relay.now() + 60_000,
        },
      ])
      const listening = await fetch(`${claw.url}/api/v1/relay/stream`, {
        headers: { authorization: `Bearer ${bob.key}`, accept: 'text/event-stream' },
      })
      const reader = listening.body?.pipeThrough(new TextDecoderStream()).getReader()
      let text = ''
      const until = async (word: string) => {
        while (!text.includes(word)) {
          const { value, done } = (await reader?.read()) ?? { done: true }
          if (done) throw new Error(`it ended without ${word}: ${text}`)
          text += value
        }
      }
      await until('it begins')
      await app.db.write(async tx => {
        await putMessages(tx, late)
        await ann.send(bob, 'early')
      })
      app.relay.wake([bob.id])
      await ann.send(bob, 'last')
      await until('last')
      expect([...text.matchAll(/"body":"(\w+)"/g)].map(([, body]) => body)).toEqual(['late', 'early', 'last'])
      await reader?.cancel()
    },
  )
})

test('somebody who is gone while it waits takes nothing', async () => {
  const [ann, bob] = await pair()
  const box = { workspaceId: claw.app.workspaceId, agentId: bob.id, device: 'tower' }
  let isGone = false
  const polling = awaitMessages(claw.app, box, { limit: 10, leaseMs: 60_000, waitMs: 60_000, gone: () => isGone })
  isGone = true
  await ann.send(bob, 1)
  expect(await polling).toEqual([])
  expect(await bob.take()).toMatchObject([{ deliveries: 1 }])
})
