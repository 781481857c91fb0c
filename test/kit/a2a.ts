/** Clients of A2A as the SDK makes them, and agents of the relay that they ask. */
import { randomUUID } from 'node:crypto'
import { type Message, Role, type SendMessageRequest, type StreamResponse, type Task, TaskState } from '@a2a-js/sdk'
import {
  type Client,
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client'
import { expect } from 'vitest'
import type { TestClawLink } from './clawlink.ts'

export type Binding = 'JSONRPC' | 'HTTP+JSON'
export type Version = '1.0' | '0.3'

export async function register(of: TestClawLink, key: string): Promise<string> {
  const body = { capabilities: ['translate'], description: 'Translates.', accepts: [] }
  const made = await of.rest('PUT', '/relay/agents/me', { key, body })
  expect(made.status).toBe(200)
  return String(made.body.id)
}

const withKey =
  (key: string): typeof fetch =>
  (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('authorization', `Bearer ${key}`)
    return fetch(input, { ...init, headers })
  }

/** The SDK's client, as it makes itself of nothing but the card's address. */
export async function clientOf(
  url: string,
  { key, binding = 'JSONRPC', version = '1.0' }: { key: string; binding?: Binding; version?: Version },
): Promise<Client> {
  const fetchImpl = withKey(key)
  const legacyCompat = { enabled: true }
  const resolver = new DefaultAgentCardResolver({ fetchImpl, legacyCompat })
  const card = await resolver.resolve(url, `${url}/.well-known/agent-card.json`)
  const factory = new ClientFactory({
    transports: [
      new JsonRpcTransportFactory({ fetchImpl, legacyCompat }),
      new RestTransportFactory({ fetchImpl, legacyCompat }),
    ],
    preferredTransports: [binding],
  })
  return factory.createFromAgentCard({
    ...card,
    supportedInterfaces: card.supportedInterfaces.filter(
      each => each.protocolBinding === binding && each.protocolVersion === version,
    ),
  })
}
export function message(text: string, more: Partial<Message> = {}): Message {
  return {
    messageId: randomUUID(),
    contextId: '',
    taskId: '',
    role: Role.ROLE_USER,
    parts: [{ content: { $case: 'text', value: text }, metadata: undefined, filename: '', mediaType: 'text/plain' }],
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
    ...more,
  }
}
export const request = (said: Message, returnImmediately = true): SendMessageRequest => ({
  tenant: '',
  message: said,
  configuration: { acceptedOutputModes: [], taskPushNotificationConfig: undefined, returnImmediately },
  metadata: undefined,
})
export async function sendTask(client: Client, said = message('Translate: Guten Tag')): Promise<Task> {
  const sent = await client.sendMessage(request(said))
  if ('messageId' in sent) throw new Error('a task was expected')
  return sent
}
/** What the agent does, over nothing but requests that it makes itself. */
export const agentAt = (of: TestClawLink, key: string) => ({
  async inbox(): Promise<{ taskId: string; body: Record<string, unknown> }[]> {
    const { body } = await of.rest('POST', '/relay/inbox', { key, body: { limit: 10, waitSeconds: 5 } })
    const items = body.items as { id: string; lease: string; taskId: string; body: Record<string, unknown> }[] // as documented
    for (const { id, lease } of items) await of.rest('POST', `/relay/inbox/${id}/ack`, { key, body: { lease } })
    return items
  },
  async step(taskId: string, step: string, body: object = {}): Promise<void> {
    const { status, text } = await of.rest('POST', `/relay/tasks/${taskId}/${step}`, { key, body })
    expect({ status, text }).toMatchObject({ status: 200 })
  },
})
export const caseOf = ({ payload }: StreamResponse): string => {
  if (payload?.$case === 'task' || payload?.$case === 'statusUpdate')
    return `${payload.$case} ${TaskState[payload.value.status?.state ?? 0]}`
  return payload?.$case ?? ''
}
export const codeOf = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'none',
    cause => (cause instanceof Error ? cause.name : String(cause)),
  )
