/** Scenarios: one call each, told as data, played over REST and over MCP alike. */
import { describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../src/core/errors.ts'
import type { UsageRow } from '../../src/db/schema.ts'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import type { LoggedRequest } from '../../src/sandbox/request-log.ts'
import { type StartOptions, startClawLink, type TestClawLink } from './clawlink.ts'

export type Surface = 'rest' | 'mcp'
export const surfaces: readonly Surface[] = ['rest', 'mcp']

/** A request as it reached the provider: `GET /me`, or with the body it carried. */
export type Sent = string | readonly [line: string, body: unknown]

/** How a call ended, in one form for REST and MCP. */
export type Answer = {
  callId: string
  outcome: string
  code?: ErrorCode
  /** The sentence that says what happened; empty on success. */
  message: string
  fix?: string
  retryable?: boolean
  retryAfterMs?: number
  providerStatus?: number
  untrusted?: boolean
  data?: unknown
  next?: string
  account?: string
  schema?: unknown
  choices?: string[]
  invalidFields?: { field: string; problem: string }[]
  missingFields?: string[]
  coerced?: unknown[]
}

export type Scenario = {
  /** What is promised, in plain words. */
  guarantee: string
  tool: string
  args?: Record<string, unknown>
  connection?: string
  next?: string
  /** How the provider misbehaves, in order. */
  faults?: Fault[]
  /** How often it was tried, where that is not once for all of `sent`. */
  attempts?: number
  /** How far the clock moves once the provider has everything in `sent`. */
  moveMs?: number
  /** The REST status of the answer. */
  status: number
  /** The parts of the answer that matter. */
  answer: { outcome: 'succeeded' | 'failed' | 'unknown' } & { [K in keyof Answer]?: unknown }
  /** Exactly what reached the provider, in order. */
  sent: readonly Sent[]
  /** The provider hangs up before it reads a body, so only the first lines of `sent` arrive. */
  unread?: boolean
  /** The provider's status as it is stored; 0 when there was no usable answer. */
  providerStatus?: number
  /** Looks at what else is true afterwards. */
  afterwards?: (claw: TestClawLink, answer: Answer) => void | Promise<void>
}

/**
 * Plays each scenario on a ClawLink of its own, where nothing but the call itself asks the provider: over each surface on
 * SQLite, and over one of them on PostgreSQL, since no surface knows which database it is.
 */
export function play(scenarios: readonly Scenario[], { config, ...options }: StartOptions = {}): void {
  const onPostgres = process.env.CLAWLINK_TEST_DIALECT === 'postgres'
  describe.each(surfaces)('over %s', surface => {
    const played = onPostgres ? scenarios.filter(scenario => onlySurface(scenario) === surface) : scenarios
    test.each(played)('$guarantee', async scenario => {
      await using claw = await startClawLink({ ...options, config: { roles: ['web'], ...config } })
      await playOn(claw, surface, scenario)
    })
  })
}

/** Of all scenarios about half each. */
function onlySurface({ guarantee }: Scenario): Surface | undefined {
  return surfaces[guarantee.length % surfaces.length]
}

/** Plays one scenario and checks what was answered, what reached the provider, and the one usage row that it left. */
export async function playOn(claw: TestClawLink, surface: Surface, scenario: Scenario): Promise<Answer> {
  const { faults = [], moveMs = 0, sent, unread = false, status, answer: expected } = scenario
  const rowsBefore = (await claw.rows('usage')).length
  const startedAt = claw.clock.now()
  claw.sandbox.takeRequests()
  claw.sandbox.script(...faults)

  const answering = ask(claw, surface, scenario)
  if (moveMs > 0) {
    await claw.sandbox.received(sent.length)
    claw.clock.move(moveMs)
  }
  const { answer, ...told } = await answering

  expect({ ...answer, status: told.status }).toMatchObject({ ...expected, ...(surface === 'rest' && { status }) })
  expect(claw.sandbox.requests.map(sentOf)).toEqual(unread ? sent.map(lineOf) : sent)
  for (const { headers } of claw.sandbox.requests) {
    expect(headers.authorization).toBe(`Bearer ${claw.sandbox.apiKey}`)
    expect(JSON.stringify(headers)).not.toContain(claw.key)
  }
  const rows = await usageOf(claw)
  expect(rows).toHaveLength(rowsBefore + 1)
  expect(rows.find(row => row.call_id === answer.callId)).toMatchObject({
    surface,
    outcome: expected.outcome,
    code: answer.code ?? '',
    provider_status: scenario.providerStatus ?? answer.providerStatus ?? 0,
    attempts: scenario.attempts ?? (sent.length ? 1 : 0),
    started_at: startedAt,
    duration_ms: moveMs,
    request_bytes: Buffer.byteLength(sent.map(bodyOf).at(-1) ?? ''),
  })
  await scenario.afterwards?.(claw, answer)
  return answer
}

/** Calls a tool over REST or MCP and gives the answer in one form. `status` is the HTTP status. */
export async function ask(
  claw: TestClawLink,
  surface: Surface,
  { tool, args = {}, connection, next }: Pick<Scenario, 'tool' | 'args' | 'connection' | 'next'>,
): Promise<{ status: number; answer: Answer }> {
  const named = {
    arguments: args,
    ...(connection !== undefined && { connection }),
    ...(next !== undefined && { next }),
  }
  if (surface === 'rest') {
    const { status, body } = await claw.rest('POST', `/tools/${tool}/calls`, { body: named })
    const { detail = '', ...answer } = body
    return { status, answer: { ...(answer as Answer), message: String(detail) } } // as the OpenAPI document says
  }
  const { status, body } = await claw.mcp('tools/call', { name: 'clawlink_call_tool', arguments: { tool, ...named } })
  const result = body.result as { structuredContent: object; content: { text: string }[]; isError?: true } // 2025-11-25
  const { error, ...answer } = result.structuredContent as Answer & { error?: Partial<Answer> } // as toolset.ts writes it
  expect(JSON.parse(result.content[0]?.text ?? '')).toEqual(result.structuredContent)
  expect(result.isError ?? false).toBe(!['succeeded', 'parked'].includes(answer.outcome))
  return { status, answer: { ...answer, message: '', ...error } }
}

/** A request of the sandbox's log as scenarios write it. */
export function sentOf({ method, path, body }: LoggedRequest): Sent {
  const line = `${method} ${path}`
  return body === '' ? line : [line, JSON.parse(body)]
}

const lineOf = (sent: Sent): string => (typeof sent === 'string' ? sent : sent[0])
const bodyOf = (sent: Sent): string => (typeof sent === 'string' ? '' : JSON.stringify(sent[1]))

/** The usage rows as they are stored, oldest first. */
export async function usageOf(claw: TestClawLink): Promise<UsageRow[]> {
  const rows = (await claw.rows('usage')) as UsageRow[] // the columns of the table
  return rows.toSorted((a, b) => a.call_id.localeCompare(b.call_id))
}
