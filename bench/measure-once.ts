import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadProcess } from './load/load-process.ts'
import type { LoadFigures } from './load/run-load.ts'
import { readMachineCpuMs, readProcessCost } from './process-cost.ts'
import { countProviderAnswers, providerMarker } from './subjects/provider.ts'
import type { Server } from './subjects/server.ts'
import { type Subject, subjectTitles } from './subjects/subject.ts'

/** With more than this going on beside it, a measurement is disturbed. */
export const othersCoresMax = 0.4

const quietLimitMs = 4000
const quietLookMs = 200

/** What one subject did under one load. */
export type Measurement = LoadFigures & {
  /** CPU time of the server's process. */
  cpuUsPerCall: number | undefined
  /** How many cores all other programs of the machine kept busy meanwhile. */
  othersCores: number | undefined
}

type Width = { connections: number; warmMs: number; measureMs: number }
type Field = { provider: Server; load: LoadProcess }

/**
 * Like `measureOnce`; when other programs got in the way, once more after waiting a while for a quiet moment (`tries` in all).
 * The quietest try counts, whatever it shows.
 */
export async function measureQuietly(
  field: Field,
  subject: Subject,
  width: Width,
  tries: number,
): Promise<Measurement> {
  const measured = await measureOnce(field, subject, width)
  if ((measured.othersCores ?? 0) <= othersCoresMax || tries <= 1) return measured
  await waitForQuiet()
  const again = await measureQuietly(field, subject, width, tries - 1)
  return (again.othersCores ?? 0) < (measured.othersCores ?? 0) ? again : measured
}

/** Waits until the machine is idle, but a few seconds at most. Nothing is being measured meanwhile, so all use is others'. */
async function waitForQuiet(): Promise<void> {
  const startedAt = performance.now()
  for (let cores = 1; cores > othersCoresMax && performance.now() - startedAt < quietLimitMs; ) {
    const [at, machineMs] = [performance.now(), readMachineCpuMs()]
    await sleep(quietLookMs)
    cores = (readMachineCpuMs() - machineMs) / (performance.now() - at)
  }
}

/** Puts one load on one subject. Throws when an answer is wrong, or when the provider was not asked once for each answer. */
export async function measureOnce({ load, provider }: Field, subject: Subject, width: Width): Promise<Measurement> {
  const title = subjectTitles[subject.id]
  const pids = [...new Set([subject.server.pid, provider.pid, load.pid, process.pid])]
  const marks: { at: number; machineMs: number; ownMs: number | undefined; serverMs: number | undefined }[] = []
  const mark = () => {
    const costs = pids.map(pid => readProcessCost(pid)?.cpuMs)
    const ownMs = costs.includes(undefined) ? undefined : costs.reduce<number>((sum, ms) => sum + (ms ?? 0), 0)
    marks.push({ at: performance.now(), machineMs: readMachineCpuMs(), ownMs, serverMs: costs[0] })
  }
  const before = await countProviderAnswers(provider)
  const job = { ...width, port: subject.server.port, request: subject.request, marker: providerMarker }
  const seen = await load.run(job, mark).catch(error => {
    throw new Error(`${title}: ${error.message}`)
  })
  const asked = (await countProviderAnswers(provider)) - before
  if (asked !== seen.answersOverall) {
    throw new Error(`${title}: ${seen.answersOverall} answers, but the provider was asked ${asked} times`)
  }
  const [from, until] = marks
  if (from?.ownMs === undefined || until?.ownMs === undefined) {
    return { ...seen, cpuUsPerCall: undefined, othersCores: undefined }
  }
  const others = until.machineMs - from.machineMs - (until.ownMs - from.ownMs)
  return {
    ...seen,
    cpuUsPerCall: (((until.serverMs ?? 0) - (from.serverMs ?? 0)) * 1000) / seen.answers,
    othersCores: Math.max(0, others / (until.at - from.at)),
  }
}
