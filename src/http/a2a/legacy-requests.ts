import type { LegacyRestTransportHandler } from '@a2a-js/sdk/compat/v0_3/server'
import { RequestMalformedError } from '@a2a-js/sdk/errors'
import * as z from 'zod'

type Sending = Parameters<LegacyRestTransportHandler['sendMessage']>[0]
type Push = Parameters<LegacyRestTransportHandler['setTaskPushNotificationConfig']>[0]['pushNotificationConfig']

/** What is sent as a message (A2A 0.3, `SendMessageRequest`). Throws where it is not so. */
export const readSending = (body: unknown): Sending => read(sending, body)

/** A push notification config, alone or within the request that makes it (A2A 0.3). Throws where it is not so. */
export const readPush = (body: unknown): Push => read(z.union([taskPush, newPush]), body)

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data, error } = schema.safeParse(body)
  if (success) return data
  const { path, message } = error.issues[0] ?? { path: [], message: 'It cannot be read.' }
  throw new RequestMalformedError(`${path.join('.') || 'The body'}: ${message}`)
}

/** A message of protocol buffers: names are written like_this or likeThis, and what is null is not there. */
const shape = <S extends z.ZodRawShape>(fields: S) =>
  z.preprocess(
    value =>
      typeof value !== 'object' || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value)
              .filter(([, each]) => each !== null)
              .map(([name, each]) => [name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), each]),
          ),
    z.object(fields),
  )

const text = z.string().exactOptional()
const texts = z.array(z.string())
const struct = z.record(z.string(), z.unknown())

const file = z.union([
  shape({ fileWithUri: z.string(), mimeType: text }).transform(({ fileWithUri: uri, ...rest }) => ({ uri, ...rest })),
  shape({ fileWithBytes: z.string(), mimeType: text }).transform(({ fileWithBytes: bytes, ...rest }) => ({
    bytes,
    ...rest,
  })),
])

const part = z.union(
  [
    shape({ text: z.string() }).transform(({ text }) => ({ kind: 'text' as const, text })),
    shape({ file }).transform(({ file }) => ({ kind: 'file' as const, file })),
    shape({ data: shape({ data: struct }) }).transform(({ data: { data } }) => ({ kind: 'data' as const, data })),
  ],
  'must have text, file or data',
)

const role = z.union([
  z.literal(['ROLE_USER', 1]).transform(() => 'user' as const),
  z.literal(['ROLE_AGENT', 2]).transform(() => 'agent' as const),
])

const message = shape({
  messageId: z.string(),
  contextId: text,
  taskId: text,
  role,
  content: z.array(part),
  metadata: struct.exactOptional(),
  extensions: texts.exactOptional(),
}).transform(({ content, ...rest }) => ({ kind: 'message' as const, ...rest, parts: content }))

const push = shape({
  id: text,
  url: z.string(),
  token: text,
  authentication: shape({ schemes: texts.default([]), credentials: text }).exactOptional(),
})

const configuration = shape({
  acceptedOutputModes: texts.exactOptional(),
  pushNotification: push.exactOptional(),
  historyLength: z.int().min(0).default(0),
  blocking: z.boolean().default(false),
}).transform(({ pushNotification, historyLength, ...rest }) => ({
  ...rest,
  ...(historyLength > 0 && { historyLength }),
  ...(pushNotification && { pushNotificationConfig: pushNotification }),
}))

const sending = shape({
  message,
  configuration: configuration.exactOptional(),
  metadata: struct.exactOptional(),
})

const taskPush = shape({ pushNotificationConfig: push }).transform(
  ({ pushNotificationConfig }) => pushNotificationConfig,
)
const newPush = shape({ config: taskPush }).transform(({ config }) => config)
