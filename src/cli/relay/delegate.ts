import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../../core/errors.ts'
import { bold, dim, plain, print, printJson } from '../print.ts'
import { askRest, type Server } from '../rest.ts'
import { type Flags, orExit, text } from '../settings.ts'
import { readValue, secondsOf } from './read-value.ts'
import { relayServer } from './server.ts'
import { type TaskDetail, taskShape } from './shapes.ts'
import { endedStates, getTask, showTask } from './show-task.ts'

const deadlineSecondsMax = 2_592_000
const everyMs = { first: 250, most: 2000 }

/** Gives a task to an agent or to whoever can do it. With `--wait` it ends with 0 only when the task was completed. */
export async function delegateCommand(flags: Flags, words: string[]): Promise<void> {
  const asked = orExit(await delegationIn(flags, words), flags)
  const wait = text(flags, 'wait')
  const waitSeconds = wait === undefined ? undefined : orExit(secondsOf(wait, '--wait', 86_400), flags)
  const server = orExit(relayServer(flags), flags)
  const task = orExit(
    await askRest(server, { method: 'POST', path: '/relay/tasks', body: asked, shape: taskShape }),
    flags,
  )
  if (waitSeconds !== undefined) return waitFor(server, task.id, waitSeconds, flags)
  if (flags.json) return printJson(task)
  const who = task.to ? bold(plain(task.to.name)) : `whoever can ${bold(plain(task.capability ?? ''))} first`
  print(`${task.id}  ${dim(`for ${who}`)}`)
  print(dim(`How it goes: clawlink tasks ${task.id}. The answer comes into your mailbox too: clawlink poll --wait 60`))
}

async function delegationIn(flags: Flags, words: string[]): Promise<object | Fault> {
  const capability = text(flags, 'capability')
  const [to, task] = capability === undefined ? words : [undefined, words[0]]
  const fix = 'clawlink delegate <agent> "<task>", or clawlink delegate --capability <word> "<task>"'
  if (task === undefined) return new Fault('validation_error', 'Say both who is to do it and what.', { fix })
  if (words.length !== (capability === undefined ? 2 : 1))
    return new Fault('validation_error', 'A task is for an agent or for whoever has a capability: name one.', {
      fix,
    })
  const given = text(flags, 'context')
  const context = given === undefined ? undefined : await readValue(given)
  if (context instanceof Fault) return context
  const limit = text(flags, 'deadline')
  const deadlineSeconds = limit === undefined ? undefined : secondsOf(limit, '--deadline', deadlineSecondsMax)
  if (deadlineSeconds instanceof Fault) return deadlineSeconds
  const attachments = text(flags, 'attach')?.split('\n')
  return { to, capability, task, context, priority: text(flags, 'priority'), deadlineSeconds, attachments }
}

async function waitFor(server: Server, id: string, seconds: number, flags: Flags): Promise<void> {
  const until = performance.now() + seconds * 1000
  let told = ''
  for (let pauseMs: number = everyMs.first; ; pauseMs = Math.min(pauseMs * 1.5, everyMs.most)) {
    const task = orExit(await getTask(server, id), flags)
    const line = `${id}  ${task.state}${task.to ? ` (${plain(task.to.name)})` : ''}`
    if (line !== told && !flags.json) process.stderr.write(`${dim(line)}\n`)
    told = line
    const isOver = endedStates.includes(task.state) || task.state === 'input_required'
    if (isOver || performance.now() >= until) return end(task, isOver, seconds, flags)
    await sleep(Math.min(pauseMs, Math.max(0, until - performance.now())))
  }
}

function end(task: TaskDetail, isOver: boolean, seconds: number, flags: Flags): void {
  if (!isOver) {
    const fix = `It goes on. Look later: clawlink tasks ${task.id}`
    orExit(new Fault('in_progress', `The task has not ended within ${seconds} s: it is ${task.state}.`, { fix }), flags)
  }
  showTask(task, flags)
  if (task.state === 'input_required' && !flags.json)
    print(dim(`Answer it: clawlink respond ${task.id} --status answer --result "…"`))
  if (task.state !== 'completed') process.exitCode = 1
}
