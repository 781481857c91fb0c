import { parseArgs } from 'node:util'
import { type SubjectId, subjectIds } from './subjects/subject.ts'

/** How long each part of a run takes. */
export type Plan = {
  rounds: number
  /** How often a measurement is taken, at most, when other programs disturb it. */
  tries: number
  /** Starts measured per server. */
  starts: number
  /** From the first healthy answer to the reading of the memory at rest. */
  restMs: number
  /** Load on each subject before the first round: Node needs some 25,000 calls until its compilers are done. */
  firstWarmMs: number
  /** Load before each measurement, to wake what went to sleep while the others were measured. */
  warmMs: number
  /** Length of a measurement at one connection and at many. */
  loneMs: number
  manyMs: number
}

export type Options = {
  only: SubjectId[]
  quick: boolean
  json: boolean
  save: boolean
  profile: boolean
  relay: boolean
  entry: string | undefined
  plan: Plan
}

/** Text for `--help`. */
export const usage = `Usage: npm run bench -- [options]

  --quick           a short run (under 30 s), for a first look
  --only a,b        only these subjects: ${subjectIds.join(', ')}; \`mcp\` means both eras
  --json            print the result as JSON
  --save            keep this run's ratios as the baseline (bench/baseline.json)
  --profile         profile ClawLink (or the floor, with --only floor) and print where its time goes
  --relay           measure the relay beside a bare one in memory (with --quick: shorter)
  --entry <file>    measure another ClawLink: the path of its bin/clawlink.mjs
`

const longPlan: Plan = {
  rounds: 5,
  tries: 2,
  starts: 5,
  restMs: 1500,
  firstWarmMs: 5000,
  warmMs: 300,
  loneMs: 1200,
  manyMs: 2000,
}
const quickPlan: Plan = {
  rounds: 3,
  tries: 1,
  starts: 2,
  restMs: 500,
  firstWarmMs: 2200,
  warmMs: 50,
  loneMs: 250,
  manyMs: 400,
}

/** Reads the command line. A wrong option throws an error whose message names it. */
export function readOptions(args: string[]): Options | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      relay: { type: 'boolean', default: false },
      entry: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  return {
    only: values.only === undefined ? [...subjectIds] : readSubjects(values.only),
    quick: values.quick,
    json: values.json,
    save: values.save,
    profile: values.profile,
    relay: values.relay,
    entry: values.entry,
    plan: values.quick ? quickPlan : longPlan,
  }
}

function readSubjects(text: string): SubjectId[] {
  const asked = text.split(',').map(part => part.trim())
  const unknown = asked.filter(name => name !== 'mcp' && !subjectIds.some(id => id === name))
  if (unknown.length > 0) throw new Error(`--only: no subject "${unknown[0]}". There are ${subjectIds.join(', ')}.`)
  return subjectIds.filter(id => asked.includes(id) || (asked.includes('mcp') && id.startsWith('mcp-')))
}
