/** Answers of another shape than their tools promise: they stay outside, and the people who keep the tools are told. */
import { describe, expect, test } from 'vitest'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { runCli } from '../kit/cli.ts'
import { everythingOf, writtenForms } from '../kit/scan.ts'
import { play, sentOf } from '../kit/scenario.ts'
import { account, keyedWrite, write } from './tools.ts'

const hourMs = 60 * 60 * 1000
const read = { tool: 'sandbox_list_projects', args: {}, sent: ['GET /projects'] }
const planted = 'PlantedInTheAnswer4711'

const wrong = (body: unknown, more: { status?: number; match?: { path: string } } = {}): Fault => ({
  kind: 'status',
  status: 200,
  body,
  ...more,
})

describe('an answer of another shape', () => {
  const mismatch = { code: 'output_mismatch', retryable: false, providerStatus: 200 }

  play([
    {
      guarantee: 'of a read is a failure that names the place and the type',
      ...read,
      faults: [wrong({ projects: [{ key: 'a', name: 'A', description: '', open_issues: planted }] })],
      status: 502,
      answer: {
        ...mismatch,
        outcome: 'failed',
        message:
          'Sandbox answered 200 in another shape than it promises: 0.open_issues must be integer, but is string.',
        fix: 'Report this: the connector, written for version 2026-01-01 of the API, needs an update.',
        invalidFields: [{ field: '0.open_issues', problem: 'must be integer, but is string' }],
      },
    },
    {
      guarantee: 'of a write leaves open what came of it, and warns of repeating it',
      ...write,
      faults: [wrong({ message: planted })],
      status: 502,
      answer: {
        ...mismatch,
        outcome: 'unknown',
        message: expect.stringMatching(/^Sandbox answered 200 without "\w+"\.$/),
        fix: expect.stringContaining('Do not repeat it: Sandbox most likely carried it out.'),
      },
    },
  ])

  test('comes out nowhere: not in answers, rows, logs, events or files', async () => {
    await using claw = await startClawLink()
    const { sandbox, call, rest, app } = claw
    const named = { [planted]: planted, customer: { [planted]: planted } }

    sandbox.script(wrong({ projects: [named] }))
    expect((await call(read.tool)).body).toMatchObject({ code: 'output_mismatch', outcome: 'failed' })
    sandbox.script(wrong(named))
    expect((await call(write.tool, write.args)).body).toMatchObject({ code: 'output_mismatch', outcome: 'unknown' })

    const paid = { ...account.store.payments[0] }
    // Under a key the mismatch is the kept answer, and the call is not sent again.
    sandbox.script(wrong({ ...paid, [planted]: planted, amount: planted }, { status: 201 }))
    const keyed = { body: { arguments: keyedWrite.args }, headers: { 'idempotency-key': 'k' } }
    sandbox.takeRequests()
    const first = await rest('POST', `/tools/${keyedWrite.tool}/calls`, keyed)
    expect(first.body).toMatchObject({ code: 'output_mismatch', outcome: 'unknown', providerStatus: 201 })
    const again = await rest('POST', `/tools/${keyedWrite.tool}/calls`, keyed)
    expect(again.body).toEqual({ ...first.body, replayed: true })
    expect(sandbox.requests.map(sentOf)).toEqual(keyedWrite.sent)

    // One wrong page of several: what came before it is given.
    sandbox.script(
      wrong({ customers: [{ id: 1, [planted]: planted }] }, { match: { path: '/customers?limit=5&cursor' } }),
    )
    const all = await rest('POST', '/tools/sandbox_list_customers/calls', {
      body: { arguments: { limit: 5 }, all: true },
    })
    expect(all.body).toMatchObject({ outcome: 'succeeded', incomplete: { code: 'output_mismatch' } })
    expect([Object(all.body.data).length, typeof all.body.next]).toEqual([5, 'string'])

    const mcp = { tool: read.tool, arguments: {} }
    sandbox.script(wrong({ projects: { [planted]: planted } }))
    const told = await claw.mcp('tools/call', { name: 'clawlink_call_tool', arguments: mcp })
    expect(told.body.result).toMatchObject({ isError: true })

    await app.notices.flush()
    expect(await noticed(claw)).toEqual([
      'sandbox_create_payment: amount must be integer, but is string (1)',
      'sandbox_list_customers: 0.name is missing (1)',
      'sandbox_list_projects: the answer must be array, but is object (2)',
      expect.stringMatching(/^sandbox_send_message: \w+ is missing \(1\)$/),
    ])
    for (const [where, text] of await everythingOf(claw))
      for (const form of writtenForms(planted)) expect([where, text.includes(form)]).toEqual([where, false])
  })

  test('shows in the health of its tool until a day has passed, and raises one event an hour', async () => {
    await using claw = await startClawLink()
    const { sandbox, call, rest, clock, app } = claw
    const health = async () => (await rest('GET', `/tools/${read.tool}`)).body.health
    expect(await health()).toEqual({ status: 'ok', notices: [] })

    const failing = async (times: number) => {
      for (let at = 0; at < times; at++) {
        sandbox.script(wrong({ projects: [{ name: at }] }))
        expect((await call(read.tool)).status).toBe(502)
      }
      await app.notices.flush()
    }
    const firstAt = new Date(clock.now()).toISOString()
    await failing(3)
    clock.move(30 * 60_000)
    await failing(1)
    const notice = { kind: 'output_mismatch', value: '0.key is missing', count: 4, firstAt }
    expect(await health()).toMatchObject({ status: 'mismatch', notices: [notice] })
    expect(await events(claw)).toEqual([
      {
        type: 'tool.output_mismatch',
        subject: read.tool,
        facts: { provider: 'sandbox', version: '2026-01-01', problem: '0.key is missing' },
      },
    ])

    clock.move(hourMs)
    await failing(1)
    expect(await events(claw)).toHaveLength(2)
    const { body } = await rest('GET', '/tool-versions?provider=sandbox')
    expect(body.next).toBeNull()
    expect(body.items).toContainEqual({
      tool: read.tool,
      provider: 'sandbox',
      version: '2026-01-01',
      versionSeen: null,
      deprecation: null,
      sunset: null,
      mismatches: 5,
      mismatch: '0.key is missing',
    })

    clock.move(24 * hourMs)
    expect(await health()).toMatchObject({ status: 'ok' })
    await failing(1)
    expect(await health()).toMatchObject({
      status: 'mismatch',
      notices: [{ ...notice, count: 1, firstAt: expect.not.stringMatching(firstAt) }],
    })
  })
})

test('what a provider says of the future of a tool is kept, shown, and costs a call nothing', async () => {
  await using claw = await startClawLink()
  const { sandbox, call, rest, clock, app } = claw
  const said = { deprecation: '@1798761600', sunset: 'Thu, 01 Jul 2027 00:00:00 GMT' }
  const answer = { kind: 'status', status: 200, body: { projects: [] }, headers: said, times: 'always' } as const
  sandbox.script(answer)
  for (let at = 0; at < 3; at++) {
    expect((await call(read.tool)).status).toBe(200)
    clock.move(60_000)
  }
  await app.notices.flush()

  const at = new Date(clock.now() - 3 * 60_000).toISOString()
  const notices = [
    { kind: 'deprecation', value: '2027-01-01T00:00:00.000Z', count: 1, firstAt: at, lastAt: at },
    { kind: 'sunset', value: '2027-07-01T00:00:00.000Z', count: 1, firstAt: at, lastAt: at },
  ]
  const described = (await rest('GET', `/tools/${read.tool}`)).body
  expect(described).toMatchObject({ apiVersion: '2026-01-01', health: { status: 'deprecated', notices } })
  expect(described.output).toMatchObject({
    type: 'array',
    items: { required: ['key', 'name', 'description', 'open_issues'] },
  })
  const provider = (await rest('GET', '/providers/sandbox')).body
  expect(provider).toMatchObject({
    apiVersion: '2026-01-01',
    notices: notices.map(notice => ({ tool: read.tool, ...notice })),
  })

  // A key sees it of its own tools alone.
  const narrow = await claw.newKey({ scope: { tools: ['sandbox_whoami'] } })
  expect((await rest('GET', '/providers/sandbox', { key: narrow })).body).toMatchObject({ notices: [] })
  const theirs = (await rest('GET', '/tool-versions', { key: narrow })).body.items
  expect(theirs).toMatchObject([{ tool: 'sandbox_whoami', sunset: null }])

  const pages: unknown[] = []
  let next = ''
  do {
    const page = (await rest('GET', `/tool-versions?provider=sandbox&limit=7${next && `&next=${next}`}`)).body
    pages.push(...(page.items as { tool: string }[]).map(({ tool }) => tool))
    next = String(page.next ?? '')
  } while (next)
  expect(pages).toEqual([...app.catalog.tools.keys()].filter(name => name.startsWith('sandbox_')).toSorted())
  expect((await rest('GET', '/tool-versions?provider=nobody')).status).toBe(404)

  // Said again a day later it is seen again, and the call waits for none of it.
  clock.move(24 * hourMs)
  expect((await call(read.tool)).status).toBe(200)
  await app.notices.flush()
  expect((await rest('GET', `/tools/${read.tool}`)).body.health).toMatchObject({
    notices: [
      { count: 2, firstAt: at },
      { count: 2, firstAt: at },
    ],
  })
})

test('doctor tells of the APIs of what is connected, what goes away first before the rest', async () => {
  await using claw = await startClawLink()
  const { app, dataDir } = claw
  const at = Date.now()
  const known = { workspace_id: app.workspaceId, count: 2, first_at: at, last_at: at }
  await app.db.write(tx =>
    tx
      .insertInto('tool_notices')
      .values([
        { ...known, tool: 'sandbox_list_issues', kind: 'deprecation', value: 'true' },
        { ...known, tool: 'sandbox_list_folders', kind: 'sunset', value: '2099-07-01T00:00:00.000Z' },
        { ...known, tool: 'sandbox_whoami', kind: 'sunset', value: '2099-02-01T00:00:00.000Z' },
        { ...known, tool: 'sandbox_whoami', kind: 'version', value: '2099-01-01' },
        { ...known, tool: 'sandbox_get_issue', kind: 'output_mismatch', value: 'title is missing' },
        { ...known, tool: 'github_get_issue', kind: 'output_mismatch', value: 'title is missing' },
      ])
      .execute(),
  )
  const env = {
    CLAWLINK_KEYRING_FILE: app.config.keyringFile,
    CLAWLINK_DATABASE_URL: app.config.databaseUrl?.reveal(),
  }
  const run = (...args: string[]) => runCli([...args, '--data', dataDir], { home: dataDir, env })
  const [doctor, versions] = await Promise.all([run('doctor', '--json'), run('tools', 'versions', 'sandbox')])

  const { tools, findings } = JSON.parse(doctor.stdout)
  const apis = findings.slice(-6) as { state: string; what: string }[] // as doctor.ts writes them, these last
  expect(apis.map(({ state, what }) => `${state}: ${what}`)).toEqual([
    expect.stringMatching(/^note: Sandbox: \d+ tools for API version 2026-01-01; it answers by 2099-01-01\.$/),
    'note: sandbox_whoami: it goes away on 2099-02-01.',
    'note: sandbox_list_folders: it goes away on 2099-07-01.',
    'note: sandbox_list_issues: its provider calls it deprecated.',
    'note: sandbox_get_issue: 2 answers in the last day had another shape than promised: title is missing.',
    'good: The others: `clawlink tools versions` lists the version of each tool.',
  ])
  expect(tools).toHaveLength(app.catalog.tools.keys().length)
  expect(tools).toContainEqual(
    expect.objectContaining({ tool: 'github_get_issue', version: '2022-11-28', mismatches: 2 }),
  )
  expect(versions.stdout).toMatch(/^sandbox_whoami +2026-01-01 +2099-01-01 +2099-02-01 *$/m)
  expect(versions.stdout).not.toContain('github_')
})

/** The mismatches that are stored, as `tool: where and what (how often)`. */
async function noticed({ app }: TestClawLink): Promise<string[]> {
  const rows = await app.db.read.selectFrom('tool_notices').selectAll().orderBy('tool').execute()
  return rows.map(({ tool, value, count }) => `${tool}: ${value} (${count})`)
}

async function events({ app }: TestClawLink): Promise<unknown[]> {
  const rows = await app.db.read.selectFrom('events').selectAll().where('type', 'like', 'tool.%').execute()
  return rows.map(({ type, subject, facts }) => ({ type, subject, facts: JSON.parse(facts) }))
}
