/** Answers that come in pages: one by one by `next`, or all of them in one call. */
import { request } from 'node:http'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { heldBytes } from '../kit/held-memory.ts'
import { signIn } from '../kit/member.ts'
import { kinds, type PagedClaw, type PagedOptions, startPaged } from '../kit/paged-provider.ts'
import { type Surface, surfaces, usageOf } from '../kit/scenario.ts'
import { sharedClaw } from '../kit/shared-claw.ts'
import { account } from './tools.ts'

type PagedAnswer = {
  status: number
  callId?: string
  outcome?: string
  code?: string
  data?: { id: unknown }[]
  next?: string
  incomplete?: { code: string; message: string }
  invalidFields?: { field: string }[]
  fix?: string
}
type Asked = { args?: Record<string, unknown>; next?: string | undefined; all?: boolean }

/** One call over either surface, its answer in one form. */
async function ask(claw: TestClawLink, surface: Surface, name: string, { args = {}, ...more }: Asked = {}) {
  if (surface === 'rest') {
    const { status, body } = await claw.rest('POST', `/tools/${name}/calls`, { body: { arguments: args, ...more } })
    return { status, ...body } as PagedAnswer // as the OpenAPI document says
  }
  const named = { tool: name, arguments: args, ...more }
  const { status, body } = await claw.mcp('tools/call', { name: 'clawlink_call_tool', arguments: named })
  const result = body.result as { structuredContent: object } // 2025-11-25
  const { error, ...answer } = result.structuredContent as PagedAnswer & { error?: object } // as toolset.ts writes it
  return { ...answer, ...error, status }
}

const idsOf = ({ data = [] }: PagedAnswer) => data.map(({ id }) => id)
const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, index) => from + index)

/** One for all tests that call it, each of which finds no page asked for yet. */
function sharedPaged(options?: PagedOptions): () => PagedClaw {
  const claw = sharedClaw(() => startPaged(options))
  beforeEach(() => {
    claw().pages.length = 0
  })
  return claw
}

describe('pages', () => {
  const paged = sharedPaged()
  const empty = sharedPaged({ total: 0 })
  const asking = sharedPaged({ policy: 'standard' })
  let ada: Awaited<ReturnType<typeof signIn>>
  beforeAll(async () => {
    ada = await signIn(asking(), { name: 'Ada', role: 'owner' })
    await ada.rest('POST', '/rules', { match: {}, decision: 'ask', name: 'Ask' })
  })

  describe.each(kinds)('by %s', kind => {
    test.each([1, 3, 5, 11])('of %i hold every record once, one by one', async size => {
      const claw = paged()
      const seen: unknown[] = []
      let next: string | undefined
      do {
        const answer = await ask(claw, 'rest', `paged_${kind}`, { args: { size }, next })
        expect(answer.status).toBe(200)
        seen.push(...idsOf(answer))
        next = answer.next
      } while (next !== undefined)
      expect(seen).toEqual(upTo(10))
    })

    test.each(surfaces)('come all in one call, which leaves one row (%s)', async surface => {
      const claw = paged()
      const answer = await ask(claw, surface, `paged_${kind}`, { args: { size: 3 }, all: true })
      expect(answer).toMatchObject({ status: 200, outcome: 'succeeded' })
      expect(idsOf(answer)).toEqual(upTo(10))
      expect(answer).not.toHaveProperty('next')
      expect(answer).not.toHaveProperty('incomplete')
      expect(claw.pages.map(({ from }) => from)).toEqual([0, 3, 6, 9])
      const rows = await usageOf(claw)
      expect(rows).toMatchObject([
        { call_id: answer.callId, surface, outcome: 'succeeded', code: '', attempts: 4, provider_status: 200 },
      ])
      expect(rows[0]?.answer_bytes).toBeGreaterThan(JSON.stringify(answer.data).length)
    })

    test('come all once a member has approved that', async () => {
      const claw = asking()
      const call = { arguments: { size: 3 }, all: true }
      const parked = (await claw.rest('POST', `/tools/paged_${kind}/calls`, { body: call })).body
      expect(parked).toMatchObject({ code: 'approval_required' })
      // Without `all` it is another call.
      const one = await claw.rest('POST', `/tools/paged_${kind}/calls`, { body: { arguments: { size: 3 } } })
      expect(one.body.approvalId).not.toBe(parked.approvalId)
      await ada.rest('POST', `/approvals/${parked.approvalId}/approve`, { for: 'once' })
      const { answer } = (await claw.rest('GET', `/calls/${parked.callId}?wait=60`)).body
      expect(idsOf(answer as PagedAnswer)).toEqual(upTo(10)) // as the OpenAPI document says
      expect(await usageOf(claw)).toMatchObject([{ call_id: parked.callId, attempts: 4 }])
    })

    test('go on from where they are named', async () => {
      const claw = paged()
      const { next } = await ask(claw, 'rest', `paged_${kind}`, { args: { size: 4 } })
      const rest = await ask(claw, 'rest', `paged_${kind}`, { args: { size: 4 }, next, all: true })
      expect(idsOf(rest)).toEqual(upTo(10, 4))
    })

    test('are none when there is nothing', async () => {
      const claw = empty()
      const answer = await ask(claw, 'rest', `paged_${kind}`, { all: true })
      expect(answer).toMatchObject({ outcome: 'succeeded', data: [] })
      expect(answer).not.toHaveProperty('next')
      expect(claw.pages).toHaveLength(1)
    })
  })
})

test('where a provider leaves an empty list out, its answer is an empty list, and nothing else is taken for one', async () => {
  await using claw = await startPaged()
  const answered = async (body: unknown, all: boolean) => {
    claw.intercept(() => ({ body }))
    const { data, code } = await ask(claw, 'rest', 'paged_left_out', { all })
    return data ?? code
  }
  for (const all of [false, true]) {
    expect(await answered({ meta: {} }, all)).toEqual([])
    expect(await answered({ items: [] }, all)).toEqual([])
    expect(await answered('nothing', all)).toBe('output_mismatch')
    expect(await answered([], all)).toBe('output_mismatch')
  }
  claw.intercept(({ from }) => (from === 6 ? { body: {} } : undefined))
  const { data = [], incomplete } = await ask(claw, 'rest', 'paged_left_out', { all: true })
  expect([data.length, incomplete]).toEqual([6, undefined])
})

test.each(surfaces)(
  'where a tool says more than its list, all of it is in that place, beside what the last page said (%s)',
  async surface => {
    await using claw = await startPaged()
    const { data, next } = await ask(claw, surface, 'paged_counted', { args: { size: 4 }, all: true })
    expect([data, next]).toMatchObject([
      { items: upTo(10).map(id => ({ id })), meta: { total: 10, more: false } },
      undefined,
    ])
    claw.intercept(({ from }) => (from === 8 ? { status: 400, body: {} } : undefined))
    const part = await ask(claw, surface, 'paged_counted', { args: { size: 4 }, all: true })
    expect(part.data).toMatchObject({ items: upTo(8).map(id => ({ id })), meta: { more: true } })
    expect([typeof part.next, part.incomplete?.code]).toEqual(['string', 'validation_error'])
  },
)

describe('the sandbox, by Link header and by cursor', () => {
  const issues = account.store.issues.filter(({ project }) => project === 'website')

  test.each(surfaces)('gives all of a list in one call (%s)', async surface => {
    await using claw = await startClawLink({ sandbox: { pageSize: 7 } })
    const listed = await ask(claw, surface, 'sandbox_list_issues', { args: { project: 'website' }, all: true })
    const numbers = (listed.data ?? []).map(issue => Reflect.get(issue, 'number'))
    expect(numbers.toSorted()).toEqual(issues.map(({ number }) => number).toSorted())
    const searched = await ask(claw, surface, 'sandbox_search_messages', { all: true })
    expect(idsOf(searched)).toEqual(account.store.messages.map(({ id }) => id).toReversed())
    expect(await usageOf(claw)).toMatchObject([
      { attempts: Math.ceil(issues.length / 7) },
      { attempts: Math.ceil(account.store.messages.length / 7) },
    ])
  })

  test('takes `all` as an argument of each tool with pages, where the tools of a provider are listed', async () => {
    await using claw = await startClawLink({ sandbox: { pageSize: 7 } })
    const { body } = await claw
      .http({
        method: 'POST',
        path: '/mcp?provider=sandbox',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-11-25',
          authorization: `Bearer ${claw.key}`,
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'sandbox_search_messages', arguments: { all: true } },
        }),
      })
      .then(({ text }) => ({
        body: JSON.parse(text.startsWith('{') ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? '')),
      }))
    expect(idsOf(body.result.structuredContent)).toHaveLength(account.store.messages.length)
  })
})

describe('all of many records', () => {
  const size = 100
  const many = 100_000

  test.each([
    [many, 'cursor'],
    [30_000, 'link'],
    [30_000, 'offset'],
  ])('stop at 10,000 of %i with a next that goes on exactly there, by %s', async (total, kind) => {
    await using claw = await startPaged({ total })
    const seen: unknown[] = []
    let next: string | undefined
    let calls = 0
    do {
      const answer = await ask(claw, 'rest', `paged_${kind}`, { args: { size }, next, all: true })
      expect(answer.data).toHaveLength(10_000)
      expect(answer).not.toHaveProperty('incomplete')
      seen.push(...idsOf(answer))
      next = answer.next
      calls++
    } while (next !== undefined)
    expect(calls).toBe(total / 10_000)
    expect(seen).toEqual(upTo(total))
    // Not one page was asked for twice.
    expect(claw.pages).toHaveLength(total / size)
  })

  test('keep the memory at what is answered, whatever comes with it', async () => {
    const junk = 'x'.repeat(10_000)
    await using claw = await startPaged({
      total: many,
      record: id => ({ id, omitted: `${junk}${id}` }),
      config: { answerBytesMax: 256 * 2 ** 20 },
    })
    const held: number[] = []
    claw.intercept(({ request }) => {
      if (request % 20 === 0) held.push(heldBytes() / 2 ** 20)
      return undefined
    })
    const answer = await ask(claw, 'rest', 'paged_cursor', { args: { size }, all: true })
    expect(answer.data).toHaveLength(10_000)
    const [row] = await usageOf(claw)
    expect(row?.answer_bytes).toBeGreaterThan(100_000_000)
    expect(held).toHaveLength(5)
    expect(Math.max(...held) - Math.min(...held)).toBeLessThan(10)
  })
})

describe('all stops before it is too much, and names the page that follows', () => {
  test('by records, at the end of a page', async () => {
    await using claw = await startPaged({ total: 30_000 })
    const answer = await ask(claw, 'rest', 'paged_cursor', { args: { size: 3_000 }, all: true })
    expect(idsOf(answer)).toEqual(upTo(9_000))
    expect(claw.pages).toHaveLength(3)
    const rest = await ask(claw, 'rest', 'paged_cursor', { args: { size: 3_000 }, next: answer.next })
    expect(idsOf(rest)[0]).toBe(9_000)
  })

  test('by bytes', async () => {
    const record = (id: number) => ({ id, text: 'x'.repeat(1_000) })
    await using claw = await startPaged({ total: 100, record, config: { answerBytesMax: 35_000 } })
    const seen: unknown[] = []
    let next: string | undefined
    do {
      const answer = await ask(claw, 'rest', 'paged_cursor', { args: { size: 10 }, next, all: true })
      expect(JSON.stringify(answer.data).length).toBeLessThan(35_000)
      expect(answer).not.toHaveProperty('incomplete')
      seen.push(...idsOf(answer))
      next = answer.next
    } while (next !== undefined)
    expect(seen).toEqual(upTo(100))
    expect(claw.pages).toHaveLength(10)
  })

  test('also by a page that turns out larger than those before it', async () => {
    const record = (id: number) => ({ id, text: 'x'.repeat(id < 20 ? 10 : 3_000) })
    await using claw = await startPaged({ total: 40, record, config: { answerBytesMax: 31_000 } })
    const first = await ask(claw, 'rest', 'paged_cursor', { args: { size: 10 }, all: true })
    expect(idsOf(first)).toEqual(upTo(20))
    const second = await ask(claw, 'rest', 'paged_cursor', { args: { size: 10 }, all: true, next: first.next })
    expect(idsOf(second)).toEqual(upTo(30, 20))
    const third = await ask(claw, 'rest', 'paged_cursor', { args: { size: 10 }, all: true, next: second.next })
    expect([idsOf(third), third.next]).toEqual([upTo(40, 30), undefined])
  })

  test('by time', async () => {
    await using claw = await startPaged({ total: 100 })
    const before = claw.clock.now()
    claw.intercept(() => {
      claw.clock.move(10_000)
      return undefined
    })
    const answer = await ask(claw, 'rest', 'paged_cursor', { args: { size: 5 }, all: true })
    expect(claw.clock.now() - before).toBeLessThanOrEqual(2 * claw.app.config.callTimeoutMs)
    expect(answer.data?.length).toBeGreaterThanOrEqual(15)
    expect(answer.data?.length).toBeLessThan(100)
    expect(answer).not.toHaveProperty('incomplete')
    const rest = await ask(claw, 'rest', 'paged_cursor', { args: { size: 5 }, next: answer.next })
    expect(idsOf(rest)[0]).toBe(answer.data?.length)
  })

  test('when ClawLink stops', async () => {
    await using claw = await startPaged({ total: 1_000 })
    let stopped: Promise<void> | undefined
    claw.intercept(({ request: asked }) => {
      if (asked === 2) stopped = claw.stopServing()
      return undefined
    })
    const answer = await ask(claw, 'rest', 'paged_cursor', { args: { size: 1 }, all: true })
    await stopped
    expect(answer).toMatchObject({ outcome: 'succeeded', next: expect.any(String) })
    expect(idsOf(answer)).toEqual(upTo(2))
    expect(claw.pages).toHaveLength(2)
  })

  test('when its caller has gone', async () => {
    await using claw = await startPaged({ total: 1_000 })
    const left = Promise.withResolvers<void>()
    const call = request(`${claw.url}/api/v1/tools/paged_cursor/calls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${claw.key}`, 'content-type': 'application/json' },
    })
    call.on('error', () => {})
    const [socket] = await new Promise<[import('node:net').Socket]>(resolve => call.once('socket', it => resolve([it])))
    const served = Promise.withResolvers<void>()
    claw.intercept(async ({ request: page }) => {
      if (page === 2) {
        socket.once('close', left.resolve)
        socket.destroy()
        await left.promise
        served.resolve()
      }
      // Long enough for ClawLink to hear that the connection has closed, however slow this machine is.
      if (page > 1) await new Promise(resolve => setImmediate(resolve))
      return undefined
    })
    call.end(JSON.stringify({ arguments: { size: 1 }, all: true }))
    await served.promise
    await expect.poll(() => claw.rows('usage')).toHaveLength(1)
    expect(claw.pages.length).toBeLessThan(1_000)
  })
})

describe('a page that fails after others came', () => {
  const wrongs: [string, { status?: number; headers?: Record<string, string>; body: unknown }, string][] = [
    ['is refused', { status: 403, body: {} }, 'permission_denied'],
    ['must wait', { status: 429, headers: { 'retry-after': '3600' }, body: {} }, 'rate_limited'],
    ['is refused for the credential', { status: 401, body: {} }, 'authentication_failed'],
    ['has no list', { body: { meta: {} } }, 'output_mismatch'],
    ['has something else for a list', { body: { items: 'none' } }, 'output_mismatch'],
    ['has null for a list', { body: { items: null } }, 'output_mismatch'],
  ]

  describe.each(surfaces)('over %s', surface => {
    test.each(wrongs)('since it %s: what came is given, with why and where to go on', async (_, wrong, code) => {
      await using claw = await startPaged()
      claw.intercept(({ from }) => (from === 6 ? wrong : undefined))
      const answer = await ask(claw, surface, 'paged_cursor', { all: true })
      expect(answer).toMatchObject({
        status: 200,
        outcome: 'succeeded',
        incomplete: { code, message: expect.stringMatching(/\w{3}.*\.$/) },
      })
      expect(idsOf(answer)).toEqual(upTo(6))
      expect(await usageOf(claw)).toMatchObject([{ outcome: 'succeeded', code: '', attempts: 3, provider_status: 200 }])

      claw.intercept(() => undefined)
      claw.clock.move(3_600_000)
      const rest = await ask(claw, surface, 'paged_cursor', { next: answer.next, all: true })
      expect([idsOf(rest), rest.next, rest.incomplete]).toEqual([upTo(10, 6), undefined, undefined])
    })
  })

  test('is tried again like any other call, and each try counts', async () => {
    await using claw = await startPaged()
    claw.app.random = () => 0
    claw.intercept(({ request: asked }) => (asked === 2 ? { status: 503, body: {} } : undefined))
    const answer = await ask(claw, 'rest', 'paged_cursor', { all: true })
    expect(idsOf(answer)).toEqual(upTo(10))
    expect(await usageOf(claw)).toMatchObject([{ outcome: 'succeeded', attempts: 5 }])
  })

  test('fails the call when it is the first one', async () => {
    await using claw = await startPaged()
    claw.intercept(() => ({ status: 403, body: {} }))
    const answer = await ask(claw, 'rest', 'paged_cursor', { all: true })
    expect(answer).toMatchObject({ status: 403, outcome: 'failed', code: 'permission_denied' })
  })

  test('leaves the account alone once the provider has asked for that', async () => {
    await using claw = await startPaged()
    claw.intercept(({ from }) => (from === 6 ? { status: 429, headers: { 'retry-after': '60' }, body: {} } : undefined))
    const { next } = await ask(claw, 'rest', 'paged_cursor', { all: true })
    const held = await ask(claw, 'rest', 'paged_cursor', { next, all: true })
    expect(held).toMatchObject({ outcome: 'parked', code: 'queued' })
    expect(claw.pages).toHaveLength(3)
  })
})

describe('pages that lead nowhere', () => {
  const pageWith = (id: number, after: unknown) => ({ body: { items: [{ id }], meta: { after, more: true } } })

  test.each([
    ['itself', ['a', 'a', 'a', 'a'], 2],
    ['one before it', ['a', 'b', 'c', 'a'], 4],
  ])('since a page names %s end the call, each given once', async (_, cursors, count) => {
    await using claw = await startPaged()
    claw.intercept(({ request: asked }) => pageWith(asked, cursors[asked - 1] ?? 'a'))
    const answer = await ask(claw, 'rest', 'paged_cursor', { all: true })
    expect(answer).toMatchObject({ outcome: 'succeeded', incomplete: { code: 'output_mismatch' } })
    expect(answer).not.toHaveProperty('next')
    expect(idsOf(answer)).toEqual(upTo(count + 1, 1))
    expect(claw.pages).toHaveLength(count)
  })

  test('also when they lead back to where the call began', async () => {
    await using claw = await startPaged()
    const { next } = await ask(claw, 'rest', 'paged_cursor')
    claw.intercept(({ request: asked }) => pageWith(asked, 'after 3'))
    const answer = await ask(claw, 'rest', 'paged_cursor', { next, all: true })
    expect(answer).toMatchObject({ data: [{ id: 2 }], incomplete: { code: 'output_mismatch' } })
  })

  test('are followed through empty ones', async () => {
    await using claw = await startPaged()
    claw.intercept(({ from }) =>
      from === 3 ? { body: { items: [], meta: { after: 'after 6', more: true } } } : undefined,
    )
    expect(idsOf(await ask(claw, 'rest', 'paged_cursor', { all: true }))).toEqual([...upTo(3), ...upTo(10, 6)])
  })
})

describe('all is refused', () => {
  const paged = sharedPaged()

  describe.each(surfaces)('over %s', surface => {
    test.each(['paged_no_pages', 'paged_write', 'sandbox_send_message'])('for %s, and nothing is sent', async name => {
      const claw = paged()
      const args = name === 'sandbox_send_message' ? { to: ['a@b.example'], subject: 's', text: 't' } : {}
      const answer = await ask(claw, surface, name, { args, all: true })
      expect(answer).toMatchObject({ outcome: 'failed', code: 'validation_error', invalidFields: [{ field: 'all' }] })
      expect(answer.fix).toContain('`all`')
      expect([...claw.pages, ...claw.sandbox.requests]).toEqual([])
    })

    test('for pages that are no lists, after the first one', async () => {
      const claw = paged()
      const answer = await ask(claw, surface, 'paged_no_list', { all: true })
      expect(answer).toMatchObject({ outcome: 'failed', code: 'validation_error', invalidFields: [{ field: 'all' }] })
      expect(claw.pages).toHaveLength(1)
    })
  })

  test('by the preview too, which shows the first page otherwise', async () => {
    const claw = paged()
    const preview = (name: string) => claw.rest('POST', `/tools/${name}/preview`, { body: { all: true } })
    expect(await preview('paged_no_pages')).toMatchObject({ status: 400, body: { code: 'validation_error' } })
    expect(await preview('paged_cursor')).toMatchObject({ status: 200, body: { request: { method: 'GET' } } })
  })

  test('not when it is false', async () => {
    const claw = paged()
    expect(await ask(claw, 'rest', 'paged_no_pages', { all: false })).toMatchObject({ outcome: 'succeeded' })
    expect((await ask(claw, 'rest', 'paged_cursor', { all: false })).data).toHaveLength(3)
  })
})

describe('a next that was forged', () => {
  const paged = sharedPaged()
  const forged = (place: object) => Buffer.from(JSON.stringify(place)).toString('base64url')

  test.each(kinds)('of pages by %s is refused or stays with its tool and its arguments', async kind => {
    const claw = paged()
    for (const place of [
      { size: '9' },
      { url: 'http://10.0.0.1/', size: '9' },
      { '/../me': '' },
      { query: 'x' },
      { place: '..' },
      {},
    ]) {
      const answer = await ask(claw, 'rest', `paged_${kind}`, { args: { size: 2 }, next: forged(place), all: true })
      if (answer.status === 200) expect(idsOf(answer)).toEqual(upTo(10))
      else expect(answer).toMatchObject({ code: 'validation_error', invalidFields: [{ field: 'next' }] })
    }
    for (const { size } of claw.pages) expect(size).toBe(2)
  })
})
