/**
 * The params of JSON-RPC in version 0.3. The SDK's handler takes them as they come, and what is of another type than the
 * specification says would only fail inside.
 */
import { RequestMalformedError } from '@a2a-js/sdk/errors'
import * as z from 'zod'

/** Throws where a value that is used has another type than A2A 0.3 gives it. What is unknown is left to the SDK. */
export function checkLegacyParams(method: unknown, params: unknown): void {
  const shape = typeof method === 'string' ? shapes.get(method) : undefined
  if (!shape || typeof params !== 'object' || params === null) return
  const [issue] = shape.safeParse(params).error?.issues ?? []
  if (issue) throw new RequestMalformedError(`params.${issue.path.join('.')}: ${issue.message}`)
}

const text = z.string().nullish()
const texts = z.array(z.string()).nullish()
const struct = z.record(z.string(), z.unknown()).nullish()

const push = z.looseObject({
  url: z.string(),
  id: text,
  token: text,
  authentication: z.looseObject({ schemes: texts, credentials: text }).nullish(),
})

const isFile = (file: unknown): boolean => {
  const { uri, bytes } = Object(file)
  return typeof uri === 'string' || typeof bytes === 'string'
}

const part = z
  .looseObject({ text: text, metadata: struct })
  .refine(({ kind, file }) => kind !== 'file' || isFile(file), 'its file must have a uri or bytes')

const sending = z.looseObject({
  message: z
    .looseObject({
      messageId: text,
      contextId: text,
      taskId: text,
      parts: z.array(part),
      metadata: struct,
      extensions: texts,
      referenceTaskIds: texts,
    })
    .nullish(),
  configuration: z.looseObject({ acceptedOutputModes: texts, pushNotificationConfig: push.nullish() }).nullish(),
})

const ofTask = z.looseObject({ id: z.string(), pushNotificationConfigId: text })
const settingPush = z.looseObject({ taskId: z.string(), pushNotificationConfig: push })

const shapes = new Map<string, z.ZodType>([
  ['message/send', sending],
  ['message/stream', sending],
  ['tasks/get', ofTask],
  ['tasks/cancel', ofTask],
  ['tasks/resubscribe', ofTask],
  ['tasks/pushNotificationConfig/set', settingPush],
  ['tasks/pushNotificationConfig/get', ofTask],
  ['tasks/pushNotificationConfig/list', ofTask],
  ['tasks/pushNotificationConfig/delete', ofTask],
])
