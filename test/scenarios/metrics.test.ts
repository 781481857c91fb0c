/** GET /metrics: who may have them, what is in them, and that their page in the docs says so. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { mask, Secret } from '../../src/core/secret.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { letter, read } from './tools.ts'

const token = 'planted-metrics-token'
const config = { metricsToken: new Secret(token) }

const ask = (claw: TestClawLink, authorization?: string) =>
  claw.http({ method: 'GET', path: '/metrics', headers: { ...(authorization !== undefined && { authorization }) } })

type Sample = { name: string; labels: Record<string, string>; value: number }

/** The text format of Prometheus, version 0.0.4; throws at a line that is none of it. */
function samplesOf(text: string): Sample[] {
  return text.split('\n').flatMap(line => {
    if (line === '' || /^# (HELP \w+ .|TYPE \w+ (counter|gauge|histogram|summary)$)/.test(line)) return []
    const [, name = '', inside = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (!name || Number.isNaN(Number(value.replace('Inf', 'Infinity')))) throw new Error(`not a sample: ${line}`)
    const labels = [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', is = '']) => [label, is])
    return [{ name, labels: Object.fromEntries(labels), value: Number(value) }]
  })
}

/** A good call, one of no tool, five that fail at the provider, and one that is paused for it. */
async function calls(claw: TestClawLink): Promise<void> {
  await claw.call(read.tool)
  await claw.call('sandbox_nothing')
  claw.sandbox.script({ kind: 'status', status: 500, times: 5 })
  for (let i = 0; i < 5; i++) await claw.call('sandbox_send_message', letter)
  await claw.call(read.tool)
}

describe('there is nothing at /metrics', () => {
  test('where no token is set, whatever is sent', async () => {
    await using claw = await startClawLink()
    for (const authorization of [undefined, 'Bearer ', `Bearer ${claw.key}`, 'Bearer undefined'])
      expect((await ask(claw, authorization)).status).toBe(404)
    expect(claw.app.metrics).toBeUndefined()
  })

  test('without the token: it looks like any other address', async () => {
    await using claw = await startClawLink({ config })
    const nothing = await claw.http({ method: 'GET', path: '/nothings' })
    for (const authorization of [undefined, 'Bearer ', `Bearer ${token}x`, `Bearer ${claw.key}`, `Basic ${token}`]) {
      const { status, text } = await ask(claw, authorization)
      expect(status).toBe(404)
      expect(text).toBe(nothing.text.replace('/nothings', '/metrics'))
    }
    expect((await claw.http({ method: 'GET', path: `/metrics?token=${token}` })).status).toBe(404)
  })
})

test('says how calls end, what is paused and what waits; no secret, workspace, account or argument', async () => {
  await using claw = await startClawLink({ config })
  await calls(claw)

  const { status, headers, text } = await ask(claw, `Bearer ${token}`)
  expect(status).toBe(200)
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const samples = samplesOf(text)
  const of = (wanted: string) =>
    samples.filter(({ name }) => name === wanted).map(({ labels, value }) => ({ ...labels, value }))
  const provider = 'sandbox'
  expect(of('clawlink_calls_total')).toEqual([
    { provider, outcome: 'succeeded', code: '', value: 1 },
    { provider: '', outcome: 'failed', code: 'tool_not_found', value: 1 },
    { provider, outcome: 'unknown', code: 'outcome_unknown', value: 5 },
    { provider, outcome: 'failed', code: 'circuit_open', value: 1 },
  ])
  expect(of('clawlink_call_attempts_total')).toEqual([{ provider, value: 6 }])
  expect(of('clawlink_call_duration_seconds_count')).toEqual([
    { provider, value: 7 },
    { provider: '', value: 1 },
  ])
  expect(of('clawlink_breakers')).toEqual([{ provider, state: 'open', value: 1 }])
  expect(of('clawlink_connections')).toEqual([{ provider, state: 'healthy', value: 1 }])
  expect(of('clawlink_renewals_overdue')).toEqual([{ value: 0 }])
  expect(of('clawlink_jobs')).toContainEqual({ kind: 'renew_credentials', state: expect.any(String), value: 1 })
  expect(of('process_resident_memory_bytes')).toHaveLength(1)
  expect(of('nodejs_eventloop_lag_p99_seconds')).toHaveLength(1)

  const { items } = (await claw.rest('GET', '/connections')).body as { items: { account: { id: string } }[] } // as documented
  const kept = [token, claw.key, claw.sandbox.apiKey, claw.app.workspaceId, items[0]?.account.id ?? '', letter.subject]
  for (const secret of kept) expect(text).not.toContain(secret)
  expect(claw.logged()).not.toContain(token)
  expect(text).not.toContain(mask)

  claw.clock.move(30_000)
  await claw.call(read.tool)
  const later = samplesOf((await ask(claw, `Bearer ${token}`)).text)
  expect(later.filter(({ name }) => name === 'clawlink_breakers')).toEqual([])
})

test('the page in the docs lists each of them with its labels and its words, and no others', async () => {
  await using claw = await startClawLink({ config })
  await calls(claw)
  const { text } = await ask(claw, `Bearer ${token}`)
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  const listed = [...page.matchAll(/^\| `(clawlink_\w+)` \| (.*?) \| (.*?) \| (.*) \|$/gm)].map(([, ...cells]) => cells)
  const types = new Map(
    [...text.matchAll(/^# TYPE (clawlink_\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]),
  )
  const given = [...text.matchAll(/^# HELP (clawlink_\w+) (.*)$/gm)].map(([, name = '', help]) => [
    name,
    types.get(name),
    help,
  ])
  expect(listed.map(([name, type, , help]) => [name, type, help])).toEqual(given)
  for (const { name, labels } of samplesOf(text).filter(each => each.name.startsWith('clawlink_'))) {
    const row = listed.find(([each]) => each === name.replace(/(_seconds)_(bucket|sum|count)$/, '$1'))
    const told = Object.keys(labels).filter(label => label !== 'le')
    expect(row?.[2]).toBe(told.map(label => `\`${label}\``).join(', '))
  }
})
