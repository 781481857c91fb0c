import {
  A2A_CONTENT_TYPE,
  AgentCard,
  ListTaskPushNotificationConfigsResponse,
  ListTasksRequest,
  ListTasksResponse,
  Message,
  SendMessageRequest,
  StreamResponse,
  Task,
  TaskPushNotificationConfig,
} from '@a2a-js/sdk'
import { RequestMalformedError, restStatusFor, toRestErrorBody } from '@a2a-js/sdk/errors'
import { plainHeaders } from '../answer.ts'
import { type A2aAsked, checkParts } from './asked.ts'
import { type A2aRoute, serveRoutes } from './route.ts'
import { eventStream, mapped } from './sse.ts'

/** The HTTP+JSON binding (A2A 1.0, section 11.3). */
const routes: A2aRoute[] = [
  {
    method: 'POST',
    path: /^\/message:send$/,
    async serve({ body, handler, context }) {
      checkParts(body)
      const said = await handler.sendMessage(SendMessageRequest.fromJSON(Object(body)), context)
      return ok('messageId' in said ? { message: Message.toJSON(said) } : { task: Task.toJSON(said) })
    },
  },
  {
    method: 'POST',
    path: /^\/message:stream$/,
    serve(asked) {
      checkParts(asked.body)
      const request = SendMessageRequest.fromJSON(Object(asked.body))
      return streamed(asked, asked.handler.sendMessageStream(request, asked.context))
    },
  },
  {
    method: 'GET',
    path: /^\/tasks$/,
    async serve({ query, handler, context }) {
      const request = ListTasksRequest.fromJSON({
        ...query,
        ...numbersIn(query, ['pageSize', 'historyLength']),
        includeArtifacts: query.includeArtifacts === 'true',
      })
      const page = ListTasksResponse.toJSON(await handler.listTasks(request, context))
      return ok({ tasks: [], nextPageToken: '', pageSize: 0, totalSize: 0, ...Object(page) })
    },
  },
  {
    method: 'GET',
    path: /^\/tasks\/([^/:]+)$/,
    async serve({ query, handler, context }, [id = '']) {
      const { historyLength } = numbersIn(query, ['historyLength'])
      return ok(Task.toJSON(await handler.getTask({ tenant: '', id, historyLength }, context)))
    },
  },
  {
    method: 'POST',
    path: /^\/tasks\/([^/:]+):cancel$/,
    serve: async ({ handler, context }, [id = '']) =>
      ok(Task.toJSON(await handler.cancelTask({ tenant: '', id, metadata: undefined }, context))),
  },
  // The specification says GET, its gRPC transcoding POST.
  ...['GET', 'POST'].map(method => ({
    method,
    path: /^\/tasks\/([^/:]+):subscribe$/,
    serve: (asked: A2aAsked, [id = '']: string[]) =>
      streamed(asked, asked.handler.resubscribe({ tenant: '', id }, asked.context)),
  })),
  {
    method: 'POST',
    path: /^\/tasks\/([^/:]+)\/pushNotificationConfigs$/,
    async serve({ body, handler, context }, [taskId = '']) {
      const config = TaskPushNotificationConfig.fromJSON({ ...Object(body), taskId })
      const made = await handler.createTaskPushNotificationConfig(config, context)
      return ok(TaskPushNotificationConfig.toJSON(made), 201)
    },
  },
  {
    method: 'GET',
    path: /^\/tasks\/([^/:]+)\/pushNotificationConfigs$/,
    async serve({ handler, context }, [taskId = '']) {
      const asked = { tenant: '', taskId, pageSize: 0, pageToken: '' }
      const found = await handler.listTaskPushNotificationConfigs(asked, context)
      return ok(ListTaskPushNotificationConfigsResponse.toJSON(found))
    },
  },
  {
    method: 'GET',
    path: /^\/tasks\/([^/:]+)\/pushNotificationConfigs\/([^/]+)$/,
    serve: async ({ handler, context }, [taskId = '', id = '']) =>
      ok(
        TaskPushNotificationConfig.toJSON(
          await handler.getTaskPushNotificationConfig({ tenant: '', taskId, id }, context),
        ),
      ),
  },
  {
    method: 'DELETE',
    path: /^\/tasks\/([^/:]+)\/pushNotificationConfigs\/([^/]+)$/,
    async serve({ handler, context }, [taskId = '', id = '']) {
      await handler.deleteTaskPushNotificationConfig({ tenant: '', taskId, id }, context)
      return new Response(null, { status: 204, headers: plainHeaders })
    },
  },
  {
    method: 'GET',
    path: /^\/extendedAgentCard$/,
    serve: async ({ handler, context }) =>
      ok(AgentCard.toJSON(await handler.getAuthenticatedExtendedAgentCard({ tenant: '' }, context))),
  },
]

/** Undefined where there is no such operation. */
export const serveRest = (asked: A2aAsked): Promise<Response | undefined> => serveRoutes(routes, asked, restError)

export function restError(cause: unknown): Response {
  const status = restStatusFor(cause)
  return ok(toRestErrorBody(cause, status), status)
}

const streamed = ({ gone }: A2aAsked, events: AsyncGenerator<StreamResponse, void, undefined>) =>
  eventStream(
    mapped(events, event => StreamResponse.toJSON(event)),
    { wordsOf: cause => toRestErrorBody(cause, restStatusFor(cause)), gone },
  )

const ok = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { ...plainHeaders, 'content-type': A2A_CONTENT_TYPE } })

function numbersIn<N extends string>(query: Record<string, string>, names: readonly N[]): { [K in N]?: number } {
  const numbers: { [K in N]?: number } = {}
  for (const name of names) {
    const text = query[name]
    if (text === undefined || text === '') continue
    if (!/^\d{1,9}$/.test(text)) throw new RequestMalformedError(`${name} must be a whole number, 0 or more.`)
    numbers[name] = Number(text)
  }
  return numbers
}
