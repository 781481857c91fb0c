import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compareWithBaseline, readBaseline, saveBaseline } from './baseline.ts'
import { startLoad } from './load/load-process.ts'
import { describeMachine, type Machine } from './machine.ts'
import { measure, type SubjectResult } from './measure.ts'
import { type Options, readOptions, usage } from './options.ts'
import { profile, profileFlags } from './profile.ts'
import { benchRelay } from './relay.ts'
import { startProgress } from './report/progress.ts'
import { summary } from './report/summary.ts'
import { plot } from './report/svg.ts'
import { startClawlink } from './subjects/clawlink.ts'
import { directSubject } from './subjects/direct.ts'
import { startFloor } from './subjects/floor.ts'
import { startProvider } from './subjects/provider.ts'
import type { Server } from './subjects/server.ts'
import { isClawlink, type Subject, type SubjectId } from './subjects/subject.ts'
import { judge } from './targets.ts'

const resultsFolder = fileURLToPath(new URL('.results', import.meta.url))
const baselinePath = fileURLToPath(new URL('baseline.json', import.meta.url))

/** Exit code of a program that Ctrl-C ended. */
const interrupted = 130

/** What a run of the benchmark leaves behind, in bench/.results/latest.json. */
type Report = { at: string; quick: boolean; machine: Machine; results: SubjectResult[] }

async function main(options: Options): Promise<void> {
  mkdirSync(resultsFolder, { recursive: true })
  const progress = startProgress(process.stderr)
  await using stack = new AsyncDisposableStack()
  // The databases lie beside the results and not in the system's temporary folder, which is often memory and syncs for free.
  const folder = mkdtempSync(join(resultsFolder, 'run-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  stack.defer(progress.clear)
  const stop = () => {
    process.exitCode = interrupted
    return stack.disposeAsync().finally(() => process.exit())
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)

  const machine = describeMachine(folder)
  const load = startLoad()
  stack.defer(load.stop)
  progress.step('starting the servers', 0)
  const provider = await startProvider(folder)
  stack.defer(provider.stop)
  const subjects = await startSubjects(options, folder, provider, stack)

  if (options.profile) {
    const text = await profile({ subjects, load, plan: options.plan }, folder, progress.step)
    progress.clear()
    console.log(text)
    return
  }
  const results = await measure({ subjects, provider, load, plan: options.plan, progress: progress.step })
  await stack.disposeAsync()
  report(options, { at: new Date().toISOString(), quick: options.quick, machine, results })
}

/** Starts what the chosen subjects need, and gives them in the order of the table. `stack` stops what was started. */
async function startSubjects(
  options: Options,
  folder: string,
  provider: Server,
  stack: AsyncDisposableStack,
): Promise<Subject[]> {
  const chosen = (id: SubjectId) => options.only.includes(id)
  const viaClawlink = options.only.some(isClawlink)
  // One program is profiled at a time: ClawLink, unless only others were asked for.
  const flags = options.profile ? profileFlags(folder) : []
  const start = { folder, provider, starts: options.profile ? 1 : options.plan.starts, nodeFlags: flags }
  const subjects: Subject[] = []
  if (chosen('direct') && !options.profile) subjects.push(directSubject(provider))
  if (chosen('floor') && !(options.profile && viaClawlink)) {
    const floor = await startFloor(start)
    stack.defer(floor.server.stop)
    subjects.push(floor)
  }
  if (viaClawlink) {
    const { server, subjects: all } = await startClawlink({ ...start, entry: options.entry })
    stack.defer(server.stop)
    subjects.push(...all.filter(({ id }) => chosen(id)))
  }
  return subjects
}

function report(options: Options, found: Report): void {
  const baseline = readBaseline(baselinePath)
  const changes = compareWithBaseline(baseline, found.results)
  const withoutBaseline = found.results.flatMap(({ id, title }) => (id === 'floor' || baseline[id] ? [] : [title]))
  const verdicts = judge(found.results)
  const plotPath = join(resultsFolder, 'latest.svg')
  const whole = { ...found, changes, withoutBaseline, verdicts }
  writeFileSync(join(resultsFolder, 'latest.json'), `${JSON.stringify(whole, undefined, 2)}\n`)
  writeFileSync(plotPath, plot(found.results, 'ClawLink beside the floor', `${found.machine.cpu}, ${found.at}`))
  if (options.save) saveBaseline(baselinePath, found.results)
  if (options.json) console.log(JSON.stringify(whole, undefined, 2))
  else console.log(summary({ ...whole, plotPath: relative(process.cwd(), plotPath), saved: options.save }))
  if (verdicts.some(({ holds }) => holds === false)) process.exitCode = 1
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') console.log(usage)
  else if (options.relay) await benchRelay(options)
  else await main(options)
} catch (error) {
  // Stopping the servers in the middle of a measurement breaks it: nothing to tell.
  if (process.exitCode !== interrupted) {
    console.error(`bench: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 2
  }
}
