import type { TestClawLink } from './clawlink.ts'

/** A message as it came. */
export type Got = {
  id: string
  cursor: string
  kind: string
  body: unknown
  deliveries: number
  taskId: string | null
  thread: string | null
  lease: string
}

type Answered = Record<string, unknown>
type SendOptions = { thread?: string; priority?: string; messageId?: string; expiresInSeconds?: number }

/** An agent of the relay over REST. Paths are below `/relay`. */
export type Agent = {
  id: string
  name: string
  key: string
  /** The same agent at another device. */
  at(device: string): Agent
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Answered }>
  /** What it is answered. Throws when it is refused. */
  ok(method: string, path: string, body?: unknown): Promise<Answered>
  /** The code of the refusal. Throws when it is not refused. */
  refused(method: string, path: string, body?: unknown): Promise<unknown>
  send(to: Agent, body: unknown, options?: SendOptions): Promise<{ id: string }>
  take(limit?: number, waitSeconds?: number): Promise<Got[]>
  ack(message: Got | undefined): Promise<void>
}

/** Without a key of it, a new one is made. */
export async function relayAgent(claw: TestClawLink, name: string, given?: string): Promise<Agent> {
  const key = given ?? (await claw.newKey({ agent: name }))
  const row = await claw.app.db.read
    .selectFrom('agents')
    .innerJoin('keys', 'keys.agent_id', 'agents.id')
    .select('agents.id')
    .where('agents.name', '=', name)
    .where('keys.last_four', '=', key.slice(-4))
    .executeTakeFirstOrThrow()

  const agentAt = (device: string | undefined): Agent => {
    const headers = device === undefined ? undefined : { 'x-clawlink-device': device }
    const ask: Agent['ask'] = (method, path, body) =>
      claw.rest(method, `/relay${path}`, { key, ...(body !== undefined && { body }), ...(headers && { headers }) })
    const ok: Agent['ok'] = async (method, path, body) => {
      const answer = await ask(method, path, body)
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`)
      return answer.body
    }
    return {
      id: row.id,
      name,
      key,
      at: agentAt,
      ask,
      ok,
      async refused(method, path, body) {
        const answer = await ask(method, path, body)
        if (answer.status < 400) throw new Error(`${method} ${path} was let through: ${JSON.stringify(answer.body)}`)
        return answer.body.code
      },
      async send(to, body, options = {}) {
        const sent = await ok('POST', '/messages', { to: to.name, body, ...options })
        return { id: String(sent.id) }
      },
      async take(limit = 10, waitSeconds = 0) {
        const { items } = await ok('POST', '/inbox', { limit, waitSeconds })
        return items as Got[] // as the route documents them
      },
      async ack(message) {
        await ok('POST', `/inbox/${message?.id}/ack`, { lease: message?.lease })
      },
    }
  }
  return agentAt(undefined)
}
