/**
 * What version 0.3 says over HTTP+JSON: the SDK's types of 0.3, which are those of JSON-RPC, as the JSON of 0.3's protocol
 * buffers. Pure.
 */
import type { LegacyRestTransportHandler } from '@a2a-js/sdk/compat/v0_3/server'

type Answer<K extends keyof LegacyRestTransportHandler> = Awaited<ReturnType<LegacyRestTransportHandler[K]>>
type Task = Answer<'getTask'>
type Message = Exclude<Answer<'sendMessage'>, Task>
type Artifact = NonNullable<Task['artifacts']>[number]
type Part = Message['parts'][number]
export type LegacyEvent = Answer<'resubscribe'> extends AsyncGenerator<infer E> ? E : never

export const taskJson = ({ kind, status, history = [], artifacts = [], ...rest }: Task) => ({
  ...rest,
  status: statusJson(status),
  history: history.map(messageJson),
  artifacts: artifacts.map(artifactJson),
})

/** What is sent back for a message, or follows in a stream: named by what it is. */
export function eventJson(event: LegacyEvent) {
  switch (event.kind) {
    case 'task':
      return { task: taskJson(event) }
    case 'message':
      return { message: messageJson(event) }
    case 'status-update': {
      const { kind, status, ...rest } = event
      return { statusUpdate: { ...rest, status: statusJson(status) } }
    }
    case 'artifact-update': {
      const { kind, artifact, ...rest } = event
      return { artifactUpdate: { ...rest, artifact: artifactJson(artifact) } }
    }
  }
}

export const pushJson = ({ taskId, pushNotificationConfig }: Answer<'setTaskPushNotificationConfig'>) => ({
  name: `tasks/${taskId}/pushNotificationConfigs/${pushNotificationConfig.id ?? ''}`,
  pushNotificationConfig,
})

/** Our cards know no other kind of security scheme than that of HTTP. */
export const cardJson = ({
  securitySchemes = {},
  security = [],
  ...rest
}: Answer<'getAuthenticatedExtendedAgentCard'>) => ({
  ...rest,
  securitySchemes: mapValues(securitySchemes, ({ type, ...scheme }) => ({ httpAuthSecurityScheme: scheme })),
  security: security.map(each => ({ schemes: mapValues(each, list => ({ list })) })),
})

const statusJson = ({ state, message, ...rest }: Task['status']) => ({
  ...rest,
  state: state === 'canceled' ? 'TASK_STATE_CANCELLED' : `TASK_STATE_${state.toUpperCase().replaceAll('-', '_')}`,
  ...(message && { message: messageJson(message) }),
})

const messageJson = ({ kind, role, parts, referenceTaskIds, ...rest }: Message) => ({
  ...rest,
  role: role === 'user' ? 'ROLE_USER' : 'ROLE_AGENT',
  content: parts.map(partJson),
})

const artifactJson = ({ parts, ...rest }: Artifact) => ({ ...rest, parts: parts.map(partJson) })

function partJson(part: Part) {
  if (part.kind === 'text') return { text: part.text }
  if (part.kind === 'data') return { data: { data: part.data } }
  const { mimeType, ...file } = part.file
  const content = 'uri' in file ? { fileWithUri: file.uri } : { fileWithBytes: file.bytes }
  return { file: { ...content, ...(mimeType !== undefined && { mimeType }) } }
}

const mapValues = <T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
