import { setTimeout as sleep } from 'node:timers/promises'
import { type Figures, lone, many, median, ratiosTo } from './figures.ts'
import type { LoadProcess } from './load/load-process.ts'
import type { LoadFigures } from './load/run-load.ts'
import type { Plan } from './options.ts'
import { readProcessCost } from './process-cost.ts'
import { countProviderAnswers, providerMarker } from './subjects/provider.ts'
import type { Server } from './subjects/server.ts'
import { type Subject, type SubjectId, subjectTitles } from './subjects/subject.ts'

/** One measurement of one subject at one width. */
export type Run = LoadFigures & { connections: number; round: number; cpuUsPerCall: number | undefined }

export type SubjectResult = {
  id: SubjectId
  title: string
  /** Medians over the rounds. */
  figures: Figures
  ratios: Figures
  /** (highest − lowest) ÷ median of the calls per second at many connections: how far the rounds lie apart. */
  rateSpread: number
  runs: Run[]
}

type Field = {
  subjects: Subject[]
  provider: Server
  load: LoadProcess
  plan: Plan
  progress: (what: string, done: number) => void
}

/**
 * Measures all subjects in rounds, each subject once per round and width, every other round in reverse order: whatever
 * drifts on the machine meanwhile hits all of them alike. Throws when an answer is wrong.
 */
export async function measure(field: Field): Promise<SubjectResult[]> {
  const { subjects, plan, progress } = field
  await sleep(plan.restMs)
  const atRest = new Map(subjects.map(subject => [subject, readProcessCost(subject.server.pid)?.residentBytes]))
  const runs = new Map<Subject, Run[]>(subjects.map(subject => [subject, []]))
  const steps = subjects.length * (1 + 2 * plan.rounds)
  let step = 0
  for (const subject of subjects) {
    progress(`warming up ${subjectTitles[subject.id]}`, step++ / steps)
    await runOnce(field, subject, { connections: many, warmMs: 0, measureMs: plan.firstWarmMs })
  }
  for (let round = 1; round <= plan.rounds; round++) {
    for (const subject of round % 2 === 1 ? subjects : subjects.toReversed()) {
      for (const connections of [lone, many]) {
        const width = `${connections} connection${connections === 1 ? '' : 's'}`
        progress(`round ${round} of ${plan.rounds}: ${subjectTitles[subject.id]}, ${width}`, step++ / steps)
        const measureMs = connections === lone ? plan.loneMs : plan.manyMs
        const run = await runOnce(field, subject, { connections, warmMs: plan.warmMs, measureMs })
        runs.get(subject)?.push({ ...run, connections, round })
      }
    }
  }
  const results = subjects.map(subject => summarize(subject, runs.get(subject) ?? [], atRest.get(subject)))
  const floor = results.find(({ id }) => id === 'floor')?.figures
  return results.map(result => ({ ...result, ratios: ratiosTo(floor, result.figures) }))
}

async function runOnce(
  { load, provider }: Field,
  subject: Subject,
  width: { connections: number; warmMs: number; measureMs: number },
): Promise<LoadFigures & { cpuUsPerCall: number | undefined }> {
  const title = subjectTitles[subject.id]
  const cpuMs: (number | undefined)[] = []
  const before = await countProviderAnswers(provider)
  const job = { ...width, port: subject.server.port, request: subject.request, marker: providerMarker }
  const seen = await load
    .run(job, () => cpuMs.push(readProcessCost(subject.server.pid)?.cpuMs))
    .catch(error => {
      throw new Error(`${title}: ${error.message}`)
    })
  const asked = (await countProviderAnswers(provider)) - before
  if (asked !== seen.answersOverall) {
    throw new Error(`${title}: ${seen.answersOverall} answers, but the provider was asked ${asked} times`)
  }
  const [from, until] = cpuMs
  const cpuUsPerCall = from === undefined || until === undefined ? undefined : ((until - from) * 1000) / seen.answers
  return { ...seen, cpuUsPerCall }
}

function summarize(subject: Subject, runs: Run[], restBytes: number | undefined): SubjectResult {
  const at = (connections: number) => runs.filter(run => run.connections === connections)
  const rates = at(many).map(run => run.callsPerSecond)
  const middle = (connections: number, read: (run: Run) => number | undefined) => {
    const values = at(connections).flatMap(run => read(run) ?? [])
    return values.length > 0 ? median(values) : undefined
  }
  const server = subject.id === 'direct' ? undefined : subject.server // the provider's own start and memory say nothing
  const loadedBytes = server && readProcessCost(server.pid)?.residentBytes
  const found = {
    manyRate: middle(many, run => run.callsPerSecond),
    manyP50: middle(many, run => run.p50Ms),
    manyP99: middle(many, run => run.p99Ms),
    manyCpu: middle(many, run => run.cpuUsPerCall),
    loneRate: middle(lone, run => run.callsPerSecond),
    loneP50: middle(lone, run => run.p50Ms),
    loneP99: middle(lone, run => run.p99Ms),
    loneCpu: middle(lone, run => run.cpuUsPerCall),
    restMemory: server && restBytes && restBytes / 1e6,
    loadedMemory: loadedBytes && loadedBytes / 1e6,
    start: server && median(server.startsMs),
  }
  const figures: Figures = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
  const rateSpread = (Math.max(...rates) - Math.min(...rates)) / median(rates)
  return { id: subject.id, title: subjectTitles[subject.id], figures, ratios: {}, rateSpread, runs }
}
