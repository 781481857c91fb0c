import type { StreamResponse } from '@a2a-js/sdk'
import { RequestMalformedError, TaskNotFoundError, UnsupportedOperationError } from '@a2a-js/sdk/errors'
import type { A2ARequestHandler } from '@a2a-js/sdk/server'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { RelayAgent } from '../agents/agent.ts'
import { boxOf } from '../box.ts'
import { changeTask } from '../tasks/change-task.ts'
import { a2aTask, isPause, updatesAfter } from './a2a-task.ts'
import { acceptMessage } from './accept-message.ts'
import { agentCard } from './agent-card.ts'
import { asA2aError } from './as-a2a-error.ts'
import { a2aDevice } from './device.ts'
import { hideFailures } from './hide-failures.ts'
import { listA2aTasks } from './list-a2a-tasks.ts'
import { ownTask } from './own-task.ts'
import { checkPush, deletePush, findPush, listPushes, savePush } from './push-configs.ts'
import { type Watch, watchTask } from './watch-task.ts'

/** So long a client that wants the end of a task is kept waiting before it gets the task as it is then. */
const waitMs = 60_000

/**
 * What A2A can ask of an agent, as the relay does it: every task is one of the relay, given by the caller to this agent.
 * Throws errors of A2A, which each binding writes in its own way. `watch` is of the request: its signal is
 * aborted when the answer is over.
 */
export function requestHandler(
  app: App,
  principal: AgentPrincipal,
  agent: RelayAgent,
  watch: Required<Watch>,
): A2ARequestHandler {
  const card = agentCard(agent, app.url())
  const own = (id: string) => ownTask(app, principal, agent.id, id)
  const box = boxOf(principal, a2aDevice)
  /** For whoever watches, before anything is done, and until the answer is over. */
  const takePlace = () => {
    const place = app.places.take(principal.agentId, watch.signal)
    if (place instanceof Fault) throw asA2aError(place)
  }
  const watched = (id: string, how: Watch) => watchTask(app, principal, { id, agentId: agent.id }, how)

  /** What is so now, then what happens. It ends where nothing more comes; `through`: not at a pause that was there before. */
  async function* stream(id: string, through: boolean): AsyncGenerator<StreamResponse, void, undefined> {
    let told = 0
    for await (const task of watched(id, watch)) {
      const isFirst = told === 0
      if (isFirst) yield { payload: { $case: 'task', value: a2aTask(task) } }
      else yield* updatesAfter(task, told)
      told = task.version
      if (isPause(task) && !(isFirst && through)) return
    }
  }

  const handler: A2ARequestHandler = {
    getAgentCard: async () => card,
    getAuthenticatedExtendedAgentCard: async () => card,

    async sendMessage(request, context) {
      const push = request.configuration?.taskPushNotificationConfig
      const bad = push && checkPush(app, push)
      if (bad instanceof Fault) throw asA2aError(bad)
      if (!request.configuration?.returnImmediately) takePlace()
      let task = await acceptMessage(app, principal, agent.id, request)
      if (push) await handler.createTaskPushNotificationConfig({ ...push, taskId: task.id }, context)
      const historyLength = lengthOf(request.configuration?.historyLength)
      if (request.configuration?.returnImmediately) return a2aTask(task, { historyLength })
      const over = new AbortController()
      const cancelTimer = app.clock.after(waitMs, () => over.abort())
      const gone = () => over.abort()
      watch.signal.addEventListener('abort', gone)
      try {
        for await (const now of watched(task.id, { ...watch, signal: over.signal })) {
          task = now
          if (isPause(now)) break
        }
      } finally {
        cancelTimer()
        watch.signal.removeEventListener('abort', gone)
      }
      return a2aTask(task, { historyLength })
    },

    async *sendMessageStream(request, context) {
      const push = request.configuration?.taskPushNotificationConfig
      const bad = push && checkPush(app, push)
      if (bad instanceof Fault) throw asA2aError(bad)
      takePlace()
      const { id } = await acceptMessage(app, principal, agent.id, request)
      if (push) await handler.createTaskPushNotificationConfig({ ...push, taskId: id }, context)
      yield* stream(id, false)
    },

    async *resubscribe({ id }) {
      const task = await own(id)
      if (task.endedAt !== null)
        throw new UnsupportedOperationError('The task has ended: nothing more happens to it. Get it instead.')
      takePlace()
      yield* stream(id, true)
    },

    async getTask({ id, historyLength }) {
      const length = lengthOf(historyLength)
      return a2aTask(await own(id), { historyLength: length })
    },

    listTasks: request => listA2aTasks(app, principal, agent.id, request),

    async cancelTask({ id }) {
      const task = await own(id)
      const ended = new Fault('conflict', `The task is ${task.state}.`, { fix: 'There is nothing left to cancel.' })
      if (task.endedAt !== null) throw asA2aError(ended, 'canceling')
      const canceled = await changeTask(app, box, id, { step: 'cancel' })
      if (canceled instanceof Fault) throw asA2aError(canceled, 'canceling')
      return a2aTask(await own(id))
    },

    async createTaskPushNotificationConfig(config, context) {
      const task = await own(config.taskId)
      const wire = context.requestedVersion === '0.3' ? '0.3' : '1.0'
      const saved = await savePush(app, principal, task, config, wire)
      if (saved instanceof Fault) throw asA2aError(saved)
      return saved
    },

    async getTaskPushNotificationConfig({ taskId, id }) {
      await own(taskId)
      // Version 0.3 lets a client ask for the only one without its id.
      const found = id ? await findPush(app, principal, taskId, id) : (await listPushes(app, principal, taskId))[0]
      if (!found) throw new TaskNotFoundError('There is no such push notification config.')
      return found
    },

    async listTaskPushNotificationConfigs({ taskId }) {
      await own(taskId)
      return { configs: await listPushes(app, principal, taskId), nextPageToken: '' }
    },

    async deleteTaskPushNotificationConfig({ taskId, id }) {
      await own(taskId)
      await deletePush(app, principal, taskId, id)
    },
  }
  return hideFailures(app.log, handler)
}

function lengthOf(historyLength: number | undefined): number | undefined {
  if (historyLength === undefined || (Number.isInteger(historyLength) && historyLength >= 0)) return historyLength
  throw new RequestMalformedError('historyLength must be a whole number, 0 or more.')
}
