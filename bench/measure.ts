import { setTimeout as sleep } from 'node:timers/promises'
import { type Figures, lone, many, median, ratiosTo } from './figures.ts'
import type { LoadProcess } from './load/load-process.ts'
import { type Measurement, measureOnce, measureQuietly, othersCoresMax } from './measure-once.ts'
import type { Plan } from './options.ts'
import { readProcessCost } from './process-cost.ts'
import type { Server } from './subjects/server.ts'
import { type Subject, type SubjectId, subjectTitles } from './subjects/subject.ts'

/** One measurement, and where it stands in the run. */
export type Run = Measurement & { connections: number; round: number }

export type SubjectResult = {
  id: SubjectId
  title: string
  /** Medians over the rounds that nothing disturbed, or over all where each was disturbed. */
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
    // The provider warms up behind all the others, too.
    const measureMs = subject.id === 'direct' ? plan.firstWarmMs / 4 : plan.firstWarmMs
    await measureOnce(field, subject, { connections: many, warmMs: 0, measureMs })
  }
  for (let round = 1; round <= plan.rounds; round++) {
    for (const subject of round % 2 === 1 ? subjects : subjects.toReversed()) {
      for (const connections of [lone, many]) {
        const width = `${connections} connection${connections === 1 ? '' : 's'}`
        progress(`round ${round} of ${plan.rounds}: ${subjectTitles[subject.id]}, ${width}`, step++ / steps)
        const measureMs = connections === lone ? plan.loneMs : plan.manyMs
        const run = await measureQuietly(field, subject, { connections, warmMs: plan.warmMs, measureMs }, plan.tries)
        runs.get(subject)?.push({ ...run, connections, round })
      }
    }
  }
  const results = subjects.map(subject => summarize(subject, runs.get(subject) ?? [], atRest.get(subject)))
  const floor = results.find(({ id }) => id === 'floor')?.figures
  return results.map(result => ({ ...result, ratios: ratiosTo(floor, result.figures) }))
}

function summarize(subject: Subject, runs: Run[], restBytes: number | undefined): SubjectResult {
  const at = (connections: number) => {
    const all = runs.filter(run => run.connections === connections)
    const quiet = all.filter(run => (run.othersCores ?? 0) <= othersCoresMax)
    return quiet.length > 0 ? quiet : all
  }
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
