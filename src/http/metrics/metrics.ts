import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { App } from '../../app.ts'
import { version } from '../../core/version.ts'
import type { UsageRow } from '../../db/schema.ts'
import { type Counted, callsUnderWay, connectionsByState, countUp, jobsByState, renewalsOverdue } from './counts.ts'

export type Metrics = {
  contentType: string
  callEnded(usage: UsageRow): void
  /** All of them as they are now. Throws when the database does not answer. */
  text(): Promise<string>
}

const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/**
 * What this process counts and, asked at that moment, what the database knows of all of them. Labels are names that the
 * code knows: providers, outcomes, codes, states, kinds. Nothing in here names a workspace, an account or a person.
 */
export function createMetrics(app: App): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const counts = callCounts(registers)

  /** Asked for whenever somebody reads it. */
  const gauge = (name: string, help: string, labelNames: string[], ask: () => Counted[] | Promise<Counted[]>) =>
    new Gauge({
      name: `clawlink_${name}`,
      help,
      labelNames,
      registers,
      async collect() {
        const counted = await ask()
        this.reset()
        for (const { labels, count } of counted) this.set(labels, count)
      },
    })
  gauge('info', 'Always 1; its label says which version runs.', ['version'], () => [{ labels: { version }, count: 1 }])
  gauge(
    'breakers',
    'Accounts whose calls are paused (open), or wait for one call to show whether the provider is back (half-open).',
    ['provider', 'state'],
    async () => {
      const now = app.clock.now()
      await app.breakers.look(now)
      return countUp(app.breakers.all(now).map(({ provider, state }) => ({ provider, state })))
    },
  )
  gauge('jobs', 'Jobs that wait, run, or have failed for good.', ['kind', 'state'], () => jobsByState(app))
  gauge('calls_under_way', 'Calls that go on by themselves and have not ended, by what they wait for.', ['state'], () =>
    callsUnderWay(app),
  )
  gauge('calls_waiting', 'Calls that wait for their turn at a rate limit, in this process.', [], () => [
    { labels: {}, count: app.pacer.waiting() },
  ])
  gauge('connections', 'Connections, by how they stand.', ['provider', 'state'], () => connectionsByState(app))
  gauge('renewals_overdue', 'Credentials that ended before they were renewed.', [], () => renewalsOverdue(app))

  return { contentType: registry.contentType, callEnded: counts, text: () => registry.metrics() }
}

/** Counts the calls that end in this process. */
function callCounts(registers: Registry[]): Metrics['callEnded'] {
  const calls = new Counter({
    name: 'clawlink_calls_total',
    help: 'Calls that ended in this process, by outcome and, where they did not succeed, by error code.',
    labelNames: ['provider', 'outcome', 'code'],
    registers,
  })
  const seconds = new Histogram({
    name: 'clawlink_call_duration_seconds',
    help: 'How long these calls took, the provider and waits between attempts included.',
    labelNames: ['provider'],
    buckets: secondsBuckets,
    registers,
  })
  const attempts = new Counter({
    name: 'clawlink_call_attempts_total',
    help: 'Requests that these calls sent to the provider.',
    labelNames: ['provider'],
    registers,
  })
  return ({ provider, outcome, code, duration_ms, attempts: sent }) => {
    calls.inc({ provider, outcome, code })
    seconds.observe({ provider }, duration_ms / 1000)
    if (sent > 0) attempts.inc({ provider }, sent)
  }
}
