import type { Random } from '../../src/sandbox/random.ts'

/** What a caller was told, once the whole answer was there. */
export type Told = { callId: string; surface: 'rest' | 'mcp'; outcome: string; code: string }

type Ask = { tool: string; arguments: Record<string, unknown> }

/**
 * Callers that call tools without pause over REST and MCP, reads and writes, valid and not, until the server is gone. Each
 * complete answer goes to `onTold` as soon as it is read; an answer that breaks off tells nobody anything.
 */
export async function callUntilGone(
  server: { url: string; key: string },
  { random, count, name, onTold }: { random: Random; count: number; name: string; onTold: (told: Told) => void },
): Promise<void> {
  let asked = 0
  const nextAsk = () => askOf(random, `${name} ${asked++}`)
  const caller = async () => {
    for (;;) {
      const surface = random.pick(['rest', 'mcp'] as const)
      const answer = await (surface === 'rest' ? callOverRest : callOverMcp)(server, nextAsk()).catch(() => undefined)
      if (!answer) return
      onTold({ ...answer, surface })
    }
  }
  await Promise.all(Array.from({ length: count }, caller))
}

/** `title` is never used twice, so that what arrived at the provider can be counted. */
function askOf(random: Random, title: string): Ask {
  return random.pick<Ask>([
    { tool: 'sandbox_whoami', arguments: {} },
    { tool: 'sandbox_list_projects', arguments: {} },
    { tool: 'sandbox_create_issue', arguments: { project: 'website', title } },
    { tool: 'sandbox_create_issue', arguments: { project: 'website', title } },
    { tool: 'sandbox_create_issue', arguments: { project: 'nowhere', title } },
    { tool: 'sandbox_create_issue', arguments: { title } },
    { tool: 'sandbox_no_such_tool', arguments: {} },
  ])
}

async function callOverRest({ url, key }: { url: string; key: string }, ask: Ask): Promise<Omit<Told, 'surface'>> {
  const body = await post(`${url}/api/v1/tools/${ask.tool}/calls`, key, { arguments: ask.arguments })
  return { callId: String(body.callId), outcome: String(body.outcome), code: String(body.code ?? '') }
}

async function callOverMcp({ url, key }: { url: string; key: string }, ask: Ask): Promise<Omit<Told, 'surface'>> {
  const params = { name: 'clawlink_call_tool', arguments: ask }
  const body = await post(`${url}/mcp`, key, { jsonrpc: '2.0', id: 1, method: 'tools/call', params })
  const { callId, outcome, error } = Object(Object(body.result).structuredContent)
  return { callId: String(callId), outcome: String(outcome), code: String(Object(error).code ?? '') }
}

async function post(url: string, key: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify(body),
  })
  return JSON.parse(await answer.text())
}
