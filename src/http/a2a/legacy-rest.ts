import { LegacyRestTransportHandler, toLegacyHTTPError } from '@a2a-js/sdk/compat/v0_3/server'
import { restStatusFor } from '@a2a-js/sdk/errors'
import { json, plainHeaders, responseOf } from '../answer.ts'
import type { A2aAsked } from './asked.ts'
import { cardJson, eventJson, type LegacyEvent, pushJson, taskJson } from './legacy-answers.ts'
import { readPush, readSending } from './legacy-requests.ts'
import { type A2aRoute, serveRoutes } from './route.ts'
import { eventStream, mapped } from './sse.ts'

/** Where the paths of this binding begin, below the agent's URL. */
export const legacyRestPath = '/v1/'

/** The HTTP+JSON binding of version 0.3 (A2A 0.3, section 3.5.3); the JSON is that of its protocol buffers. */
const routes: A2aRoute[] = [
  {
    method: 'POST',
    path: /^\/v1\/message:send$/,
    serve: async asked => ok(eventJson(await legacy(asked).sendMessage(readSending(asked.body), asked.context))),
  },
  {
    method: 'POST',
    path: /^\/v1\/message:stream$/,
    serve: async asked =>
      streamed(asked, await legacy(asked).sendMessageStream(readSending(asked.body), asked.context)),
  },
  {
    method: 'GET',
    path: /^\/v1\/tasks\/([^/:]+)$/,
    async serve(asked, [id = '']) {
      const historyLength = asked.query.historyLength ?? asked.query.history_length
      return ok(taskJson(await legacy(asked).getTask(id, asked.context, historyLength)))
    },
  },
  {
    method: 'POST',
    path: /^\/v1\/tasks\/([^/:]+):cancel$/,
    serve: async (asked, [id = '']) => ok(taskJson(await legacy(asked).cancelTask(id, asked.context))),
  },
  // The specification says POST, its gRPC transcoding and the SDKs' clients GET.
  ...['GET', 'POST'].map(method => ({
    method,
    path: /^\/v1\/tasks\/([^/:]+):subscribe$/,
    serve: async (asked: A2aAsked, [id = '']: string[]) =>
      streamed(asked, await legacy(asked).resubscribe(id, asked.context)),
  })),
  {
    method: 'POST',
    path: /^\/v1\/tasks\/([^/:]+)\/pushNotificationConfigs$/,
    async serve(asked, [taskId = '']) {
      const config = { taskId, pushNotificationConfig: readPush(asked.body) }
      return ok(pushJson(await legacy(asked).setTaskPushNotificationConfig(config, asked.context)), 201)
    },
  },
  {
    method: 'GET',
    path: /^\/v1\/tasks\/([^/:]+)\/pushNotificationConfigs$/,
    async serve(asked, [taskId = '']) {
      const found = await legacy(asked).listTaskPushNotificationConfigs(taskId, asked.context)
      return ok({ configs: found.map(pushJson) })
    },
  },
  {
    method: 'GET',
    path: /^\/v1\/tasks\/([^/:]+)\/pushNotificationConfigs\/([^/]+)$/,
    serve: async (asked, [taskId = '', id = '']) =>
      ok(pushJson(await legacy(asked).getTaskPushNotificationConfig(taskId, id, asked.context))),
  },
  {
    method: 'DELETE',
    path: /^\/v1\/tasks\/([^/:]+)\/pushNotificationConfigs\/([^/]+)$/,
    async serve(asked, [taskId = '', id = '']) {
      await legacy(asked).deleteTaskPushNotificationConfig(taskId, id, asked.context)
      return new Response(null, { status: 204, headers: plainHeaders })
    },
  },
  {
    method: 'GET',
    path: /^\/v1\/card$/,
    serve: async asked => ok(cardJson(await legacy(asked).getAuthenticatedExtendedAgentCard(asked.context))),
  },
]

/** Undefined where there is no such operation. */
export const serveLegacyRest = (asked: A2aAsked): Promise<Response | undefined> =>
  serveRoutes(routes, asked, legacyRestError)

export const legacyRestError = (cause: unknown): Response => ok(toLegacyHTTPError(cause), restStatusFor(cause))

const legacy = ({ handler }: A2aAsked) => new LegacyRestTransportHandler(handler)

const streamed = ({ gone }: A2aAsked, events: AsyncGenerator<LegacyEvent, void, undefined>) =>
  eventStream(mapped(events, eventJson), { wordsOf: toLegacyHTTPError, gone })

const ok = (value: unknown, status = 200): Response => responseOf(json(value, status))
