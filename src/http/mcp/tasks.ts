/** Parked calls as tasks (the extension io.modelcontextprotocol/tasks, SEP-2663), for clients that declare it. */
import { type CallToolResult, MissingRequiredClientCapabilityError, type Server } from '@modelcontextprotocol/server'
import * as z from 'zod'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { cancelCall } from '../../calls/cancel-call.ts'
import { type CallProgress, getCall } from '../../calls/get-call.ts'
import { Fault } from '../../core/errors.ts'
import { answerProgress } from '../answer-call.ts'
import { abilitiesOf, tasksExtension } from './client-abilities.ts'
import { isCanceled, taskOf } from './goes-on.ts'
import { invalidParams } from './invalid-params.ts'
import { contentOf, resultOfFault, resultOfValue } from './tool-result.ts'

const params = z.looseObject({ taskId: z.string() })

/** Answers `tasks/get`, `tasks/update` and `tasks/cancel`. A task is a parked call and has its id. */
export function serveTasks(server: Server, app: App, principal: AgentPrincipal): void {
  type Asked = { envelope?: unknown }
  const findTask = async (taskId: string, { envelope }: Asked) => {
    if (!abilitiesOf(Object(envelope)).tasks)
      throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [tasksExtension]: {} } } })
    const progress = await getCall(app, principal, taskId)
    // A call that was never parked is no task, and neither is one whose answer is not kept any more.
    if (progress instanceof Fault || progress.startedAt === 0 || (progress.state === 'ended' && !progress.ended))
      throw invalidParams(`There is no task "${taskId.slice(0, 100)}".`)
    return progress
  }
  server.setRequestHandler('tasks/get', { params }, async ({ taskId }, { mcpReq }) => {
    const progress = await findTask(taskId, mcpReq)
    return {
      ...taskOf(app, progress),
      ...(progress.state === 'ended' && !isCanceled(progress) && { result: resultOf(progress) }),
    }
  })
  // A member decides in the browser, so a task never asks its client for anything; an update is taken and changes nothing.
  server.setRequestHandler('tasks/update', { params }, async ({ taskId }, { mcpReq }) => {
    await findTask(taskId, mcpReq)
    return {}
  })
  server.setRequestHandler('tasks/cancel', { params }, async ({ taskId }, { mcpReq }) => {
    await findTask(taskId, mcpReq)
    await cancelCall(app, principal, taskId)
    return {}
  })
}

function resultOf(progress: CallProgress): CallToolResult {
  const { answer, fault } = answerProgress(progress)
  return contentOf(fault ? resultOfFault(fault) : resultOfValue(answer))
}
