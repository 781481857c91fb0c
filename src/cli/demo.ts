/** `clawlink demo`: the whole story in one go, offline, on a folder that is thrown away. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKey } from '../accounts/create-key.ts'
import { addConnection } from '../connections/add-connection.ts'
import { configSchema } from '../core/config.ts'
import { Secret } from '../core/secret.ts'
import { type Serving, serve } from '../roles/serve.ts'
import { type Json, mcpClient, relayClient } from './demo-clients.ts'
import { bold, dim, green, print, printJson } from './print.ts'
import { type Flags, orExit } from './settings.ts'

/** Each key may ask this often. */
const sandboxLimit = { requests: 10, perMs: 2000 }

type Step = { step: string; shows: unknown }

export async function demo(flags: Flags): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-demo-'))
  // However this ends: at its end, by a fault, by Ctrl-C.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const steps: Step[] = []
  const tell = (step: string, shows: unknown) => {
    steps.push({ step, shows })
    if (flags.json) return
    print(`${green('●')} ${bold(step)}`)
    print(dim(`${indent(typeof shows === 'string' ? shows : JSON.stringify(shows, null, 2))}\n`))
  }
  const settings = configSchema.parse({
    dataDir: join(folder, 'data'),
    keyringFile: join(folder, 'keyring.json'),
    port: 0,
    sandbox: true,
    sandboxPort: 0,
    logLevel: 'silent',
  })
  const serving = orExit(await serve(settings, { sandboxLimit }), flags)
  await play(serving, flags, tell)
  await serving.stop()
  if (flags.json) printJson({ steps })
  else print(`That was all of it. Now with your own apps: ${bold('npm start')}`)
}

async function play(
  { app, url = '', sandbox }: Serving,
  flags: Flags,
  tell: (step: string, shows: unknown) => void,
): Promise<void> {
  tell(
    'ClawLink runs, and beside it a sandbox provider: a local service with mail, issues and payments',
    `${url}\n${sandbox?.url}`,
  )

  const secret = new Secret(sandbox?.apiKey ?? '')
  const connection = orExit(
    await addConnection(app, app.workspaceId, { provider: 'sandbox', secret, environment: 'live' }),
    flags,
  )
  tell(
    'A person connects an account once. Its API key is tried, encrypted and never shown again',
    `${connection.provider}: ${connection.account.label}`,
  )

  const made = orExit(
    await createKey(app.db, app.clock.now(), {
      workspaceId: app.workspaceId,
      agent: 'demo agent',
      environment: 'live',
    }),
    flags,
  )
  tell('An agent gets a key of its own', `${made.key.reveal().slice(0, 14)}…`)

  const agent = mcpClient(`${url}/mcp`, made.key)
  const hello = await agent('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'demo', version: '1' },
  })
  const { tools } = await agent('tools/list', {})
  tell('The agent speaks MCP to ClawLink and sees a few tools, however many apps are connected', [
    hello.serverInfo,
    ...(tools as { name: string }[]).map(tool => tool.name),
  ])

  const call = async (name: string, args: Json) =>
    (await agent('tools/call', { name, arguments: args })).structuredContent as Json
  const found = await call('clawlink_search_tools', { query: 'open an issue', limit: 3 })
  tell(
    'It searches for what it wants to do: "open an issue"',
    (found.items as Json[]).map(item => `${item.name}: ${item.about}`),
  )

  const wish = {
    tool: 'sandbox_create_issue',
    arguments: { project: 'website', title: 'Prices are shown without tax' },
  }
  const preview = await call('clawlink_preview_tool', wish)
  tell('It previews the exact request. The credential stays hidden, and nothing is sent', preview.request)

  const done = await call('clawlink_call_tool', wish)
  tell('It calls. ClawLink adds the credential, sends, and answers', { outcome: done.outcome, data: done.data })

  const report = { tool: 'sandbox_start_report', arguments: { about: 'payments', seconds: 3 } }
  const begun = await call('clawlink_call_tool', { ...report, wait: false })
  tell('A report takes the provider a while: the call gets its id at once, and goes on by itself', begun)

  const wrong = await call('clawlink_call_tool', { tool: 'sandbox_create_isue', arguments: {} })
  tell('A mistake gets an answer that helps', wrong.error)

  sandbox?.script({ kind: 'close_after_read' })
  const unclear = await call('clawlink_call_tool', {
    tool: 'sandbox_send_message',
    arguments: { to: ['sam@example.com'], subject: 'Hello', text: 'Are you there?' },
  })
  tell(
    'The provider hangs up after a mail was sent: ClawLink says that it does not know, and sends no second mail',
    unclear,
  )

  const before = sandbox?.requests.length
  const beganMs = Date.now()
  const many = Array.from({ length: 12 }, () => call('clawlink_call_tool', { tool: 'sandbox_whoami' }))
  const outcomes = (await Promise.all(many)).map(each => each.outcome)
  const refused = sandbox?.requests.slice(before).filter(({ status }) => status === 429).length
  tell('Twelve calls at once, where the provider takes ten in two seconds: what is too many waits for its turn', {
    succeeded: outcomes.filter(outcome => outcome === 'succeeded').length,
    refused,
    seconds: Number(((Date.now() - beganMs) / 1000).toFixed(1)),
  })

  const seen: unknown[] = []
  for (let state: unknown; state !== 'ended'; ) {
    const now = await call('clawlink_get_call', { callId: begun.callId, wait: state ? 1 : 0 })
    state = now.state
    seen.push({ state, progress: now.progress, data: Object(now.answer).data })
  }
  tell('Meanwhile the provider works on the report. Its call says how far it is, and in the end what it says', seen)

  const reviewer = orExit(
    await createKey(app.db, app.clock.now(), { workspaceId: app.workspaceId, agent: 'reviewer', environment: 'live' }),
    flags,
  )
  const [here, there] = [relayClient(url, made.key), relayClient(url, reviewer.key)]
  await there('PUT', '/agents/me', { capabilities: ['review'], description: 'Reads texts before they go out.' })
  const wanted = { capability: 'review', task: 'Is the offer clear?', context: { offer: 'Two for one, this week.' } }
  const task = await here('POST', '/tasks', wanted)
  tell('A second agent can review texts. The first one gives a task to whoever can do that: it is delegated', {
    task: task.id,
    to: Object(task.to).name,
    state: task.state,
  })

  const [arrived] = (await there('POST', '/inbox', { waitSeconds: 10 })).items as Json[]
  await there('POST', `/tasks/${arrived?.taskId}/complete`, { result: 'Say which week.' })
  await there('POST', `/inbox/${arrived?.id}/ack`, { lease: arrived?.lease })
  const [back] = (await here('POST', '/inbox', { waitSeconds: 10 })).items as Json[]
  tell('The second one does it, and the answer comes back to the first', {
    asked: Object(arrived?.body).task,
    state: Object(back?.body).state,
    result: Object(back?.body).result,
  })

  const usage = await fetch(`${url}/api/v1/usage`, { headers: { authorization: `Bearer ${made.key.reveal()}` } })
  const { items } = (await usage.json()) as { items: Json[] }
  tell(
    'Every call stands in the usage record',
    items.map(item => `${item.tool}  ${item.outcome} ${item.code ?? ''}  ${item.durationMs} ms`),
  )
}

const indent = (text: string) =>
  text
    .split('\n')
    .map(line => `  ${line}`)
    .join('\n')
