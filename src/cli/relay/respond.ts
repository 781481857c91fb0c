import { Fault } from '../../core/errors.ts'
import { dim, print, printJson } from '../print.ts'
import { askRest } from '../rest.ts'
import { type Flags, orExit, text } from '../settings.ts'
import { readValue } from './read-value.ts'
import { relayServer } from './server.ts'
import { taskShape } from './shapes.ts'

const steps = ['accept', 'progress', 'ask', 'answer', 'complete', 'fail', 'reject', 'cancel'] as const
type Step = (typeof steps)[number]

/** The states that these steps lead to, for whoever says those. */
const sameAs: Record<string, Step> = {
  accepted: 'accept',
  in_progress: 'progress',
  input_required: 'ask',
  completed: 'complete',
  failed: 'fail',
  rejected: 'reject',
  canceled: 'cancel',
}

/** Takes a task one step further, and says so to the other side. */
export async function respondCommand(flags: Flags, id: string): Promise<void> {
  const step = orExit(stepOf(text(flags, 'status') ?? 'complete'), flags)
  const given = text(flags, 'result')
  const result = given === undefined ? undefined : orExit(await readValue(given), flags)
  const body = orExit(stepBody(step, { result, note: text(flags, 'note') }), flags)
  const server = orExit(relayServer(flags), flags)
  const path = `/relay/tasks/${encodeURIComponent(id)}/${step}`
  const task = orExit(await askRest(server, { method: 'POST', path, body, shape: taskShape }), flags)
  if (flags.json) return printJson(task)
  print(`${task.id} is ${task.state}.`)
  if (task.state === 'accepted') print(dim(`When you have it: clawlink respond ${task.id} --result "…"`))
}

function stepOf(status: string): Step | Fault {
  const step = steps.find(each => each === status) ?? sameAs[status]
  return step ?? new Fault('validation_error', `There is no status ${status}.`, { choices: [...steps] })
}

/** What a step says, from `--result` and `--note`. Pure. */
export function stepBody(
  step: Step,
  { result, note }: { result?: unknown; note?: string | undefined },
): object | Fault {
  const words = note ?? (typeof result === 'string' ? result : undefined)
  const missing = (what: string) =>
    new Fault('validation_error', `To ${step} needs ${what}.`, {
      fix: `For example: clawlink respond <task> --status ${step} --note "…"`,
    })
  if (step === 'complete') return { note, result }
  if (step === 'answer')
    return result === undefined && note === undefined ? missing('an answer') : { answer: result ?? note }
  if (step === 'ask') return words === undefined ? missing('a question') : { question: words }
  if (step === 'fail')
    return words === undefined ? missing('a reason') : { reason: words, ...(note !== undefined && { result }) }
  if (step === 'reject' || step === 'cancel') return { reason: words }
  return { note: words }
}
