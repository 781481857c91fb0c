import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { many } from './figures.ts'
import type { LoadProcess } from './load/load-process.ts'
import type { Plan } from './options.ts'
import { type CpuProfile, selfTime } from './self-time.ts'
import { providerMarker } from './subjects/provider.ts'
import { type Subject, subjectTitles } from './subjects/subject.ts'

const placesShown = 24
const functionsShown = 32

/** Flags for `node` that make it write a CPU profile into `folder` when it ends. */
export function profileFlags(folder: string): string[] {
  return ['--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-interval', '250']
}

/**
 * Puts load on each subject, stops its server (which then writes the profile), and says in text where the time of each
 * went. All subjects must be of one server that was started with `profileFlags(folder)`.
 */
export async function profile(
  { subjects, load, plan }: { subjects: Subject[]; load: LoadProcess; plan: Plan },
  folder: string,
  progress: (what: string, done: number) => void,
): Promise<string> {
  if (subjects.length === 0) throw new Error('--profile: choose ClawLink or the floor; direct has nothing to profile.')
  const seen = []
  for (const [i, subject] of subjects.entries()) {
    const title = subjectTitles[subject.id]
    progress(`profiling ${title}`, i / subjects.length)
    const job = { port: subject.server.port, request: subject.request, marker: providerMarker, connections: many }
    const figures = await load.run({ ...job, warmMs: plan.firstWarmMs, measureMs: 2 * plan.manyMs })
    seen.push({ title, figures })
  }
  for (const server of new Set(subjects.map(subject => subject.server))) await server.stop()
  const recorded = readProfile(folder)
  const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
  return seen
    .map(({ title, figures }) => {
      const { busyUs, places, callers, functions } = selfTime(recorded, figures.fromUs, figures.untilUs, root)
      const perCall = (us: number) => `${(us / figures.answers).toFixed(1).padStart(7)} µs`
      const line = ([name, us]: [string, number]) =>
        `${perCall(us)} ${((us / busyUs) * 100).toFixed(1).padStart(5)} %  ${name}`
      return [
        `${title}: ${Math.round(figures.callsPerSecond)} calls/s under the profiler, ${perCall(busyUs).trim()} of the main thread per call`,
        'Self time by package or file',
        ...places.slice(0, placesShown).map(line),
        'The same, with what ran inside Node charged to its caller',
        ...callers.slice(0, placesShown).map(line),
        'Self time by function',
        ...functions.slice(0, functionsShown).map(line),
      ].join('\n')
    })
    .join('\n\n')
}

/** The profile of the main thread: a process writes one file per thread, and the main thread's is by far the largest. */
function readProfile(folder: string): CpuProfile {
  const texts = readdirSync(folder)
    .filter(name => name.endsWith('.cpuprofile'))
    .map(name => readFileSync(join(folder, name), 'utf8'))
    .toSorted((a, b) => b.length - a.length)
  if (texts[0] === undefined) throw new Error('The server wrote no profile: it must end by itself on SIGTERM.')
  return JSON.parse(texts[0])
}
