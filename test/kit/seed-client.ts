import { expect } from 'vitest'
import { startClawLink, type TestClawLink } from './clawlink.ts'

/** The stock client of the openclaw-link skill, as it asks and reads: JSON over HTTP with a bearer token. */
export type Seed = {
  key: string
  id: string
  post(path: string, body: unknown): Promise<Told>
  get(path: string): Promise<Told>
}
export type Told = { status: number; body: Record<string, unknown> }

export const started = () => startClawLink({ config: { roles: ['web'] }, connected: false })

export function client(claw: TestClawLink, key: string | undefined, id = ''): Seed {
  const ask = async (method: string, path: string, body?: unknown): Promise<Told> => {
    const headers = {
      accept: '*/*',
      'user-agent': 'Python-urllib/3.12',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    }
    const raw = typeof body === 'string' ? body : JSON.stringify(body)
    const {
      status,
      headers: got,
      text,
    } = await claw.http({ method, path, headers, ...(body !== undefined && { body: raw }) })
    expect(got.get('content-type')).toBe('application/json; charset=utf-8')
    return { status, body: JSON.parse(text) }
  }
  return { key: key ?? '', id, post: (path, body) => ask('POST', path, body), get: path => ask('GET', path) }
}

/** An agent with a key of its own that has registered as the stock client does it. */
export async function registered(claw: TestClawLink, name: string): Promise<Seed> {
  const key = await claw.newKey({ agent: name })
  const told = await client(claw, key).post('/register', { name, capabilities: ['code'], description: `${name} codes` })
  expect(told.status).toBe(200)
  const { agent_id } = told.body.agent as { agent_id: string }
  return client(claw, key, agent_id)
}
