/** Many agents, several processes and one provider that counts every request: in real time, since that is what it counts. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'

const requests = 50
const windowMs = 1_000
/** Enough for a first window, and to choose two to measure. */
const total = 6 * requests
const measured = 2 * requests
const processes = process.env.CLAWLINK_TEST_DIALECT === 'postgres' ? 4 : 1
const agents = Array.from({ length: 16 }, (_, at) => `agt_${at}`)

test(`a limit is used up and never exceeded by 16 agents of ${processes} real process${processes > 1 ? 'es' : ''}, and each agent gets its part`, async () => {
  await using claw = await startClawLink({
    sandbox: { now: Date.now, rateLimit: { requests, perMs: windowMs, sliding: true } },
  })
  // A file of SQLite is one process's.
  if (processes === 1) await claw.stopServing()
  const running = await Promise.all(
    Array.from({ length: processes }, (_, of) =>
      startPaced(
        claw,
        agents.filter((_, at) => at % processes === of),
      ),
    ),
  )
  // What the start itself asked of the provider counts no longer.
  await new Promise(resolve => setTimeout(resolve, windowMs))
  claw.sandbox.takeRequests()

  const metronome = startMetronome()
  for (const each of running) each.say('go')
  while (claw.sandbox.requests.length < total) await new Promise(resolve => setTimeout(resolve, 20))
  const seen = [...claw.sandbox.requests]
  const stalls = metronome.stop()
  for (const each of running) each.say('stop')
  const counts = Object.assign({}, ...(await Promise.all(running.map(each => each.ended))))

  const times = seen.map(({ atMs }) => atMs)
  // How long the same number of requests takes, wherever one begins to count: it says nothing of how they bunch. The best
  // stretch counts, since others may keep this machine busy; a limit that is not used up has no good one.
  const spans = times.slice(requests, total - measured).map((from, at) => {
    const to = times[requests + at + measured] ?? 0
    return to - from - stalls.filter(({ at }) => at > from && at < to).reduce((sum, { ms }) => sum + ms, 0)
  })
  const throughput = ((measured / requests) * windowMs) / Math.min(...spans)
  const made = Object.values<number>(counts)
  const fair = made.reduce((sum, count) => sum + count, 0) / agents.length
  expect(claw.sandbox.requests.filter(({ status }) => status !== 200)).toEqual([])
  expect(made).toHaveLength(agents.length)
  expect(throughput).toBeGreaterThanOrEqual(0.95)
  expect(Math.min(...made) / fair).toBeGreaterThanOrEqual(0.5)
}, 30_000)

/**
 * Notes when this machine did nothing at all for this process for longer than a moment: that time is nobody's to use. What
 * ClawLink itself does takes far less at a time, and in other processes.
 */
function startMetronome(): { stop(): { at: number; ms: number }[] } {
  const beatMs = 5
  const momentMs = 20
  const stalls: { at: number; ms: number }[] = []
  let last = Date.now()
  const timer = setInterval(() => {
    const now = Date.now()
    if (now - last > beatMs + momentMs) stalls.push({ at: now, ms: now - last - beatMs })
    last = now
  }, beatMs)
  return {
    stop() {
      clearInterval(timer)
      return stalls
    },
  }
}

/** One more process on the same database, by the clock on the wall. */
async function startPaced({ app: { config } }: TestClawLink, ofAgents: string[]) {
  const { dataDir, keyringFile, baseUrls } = config
  const settings = { dataDir, keyringFile, baseUrls, agents: ofAgents, requests, windowMs }
  const child = spawn(process.execPath, [`${import.meta.dirname}/paced-process.ts`, JSON.stringify(settings)], {
    env: { ...process.env, CLAWLINK_DATABASE_URL: config.databaseUrl?.reveal() },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('ready')
  return {
    say: (word: string) => child.stdin.write(`${word}\n`),
    ended: lines.next().then(({ value }): Record<string, number> => JSON.parse(value ?? '{}')),
  }
}
