import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { callArguments, providerSecret } from './provider.ts'
import { type Server, startServer } from './server.ts'
import { startFlags } from './start-flags.ts'
import { postRequest, type Subject } from './subject.ts'

/** Everything the benchmark knows about ClawLink: its command line, its settings, its paths and the tool that it calls. */
const provider = 'sandbox'
const tool = 'sandbox_get_issue'
const callTool = 'clawlink_call_tool'
const healthPath = '/api/v1/health'

type ClawlinkOptions = {
  folder: string
  provider: Server
  starts: number
  /** Path of another ClawLink's bin/clawlink.mjs or src/cli/main.ts. */
  entry?: string | undefined
  nodeFlags?: string[]
}

/**
 * Sets ClawLink up as a newcomer would, with its own commands and default settings, on an empty folder; starts it; and
 * says how to make the same call over REST and over both eras of MCP. One process serves all three.
 */
export async function startClawlink(options: ClawlinkOptions): Promise<{ server: Server; subjects: Subject[] }> {
  const entry = options.entry ?? fileURLToPath(new URL('../../bin/clawlink.mjs', import.meta.url))
  const home = join(options.folder, 'clawlink')
  const store = join(home, 'store')
  await mkdir(home, { recursive: true })
  const environment = cleanEnvironment(home, options.provider.port)
  const run = (args: string[], input = '') => runCommand([entry, ...args, '--data', store], environment, input)

  const created: { key: string } = JSON.parse(await run(['keys', 'create', '--name', 'bench', '--json']))
  await run(['connections', 'add', provider], `${providerSecret}\n`)
  const server = await startServer(
    {
      name: 'clawlink',
      folder: options.folder,
      healthPath,
      environment,
      command: port => [
        ...startFlags,
        ...(options.nodeFlags ?? []),
        entry,
        'start',
        '--port',
        String(port),
        '--data',
        store,
      ],
    },
    options.starts,
  )
  const { port } = server
  const subjects: Subject[] = [
    { id: 'rest', server, request: restRequest(port, created.key) },
    { id: 'mcp-2025', server, request: mcp2025Request(port, created.key) },
    { id: 'mcp-2026', server, request: mcp2026Request(port, created.key) },
  ]
  return { server, subjects }
}

/** The caller's environment without settings of theirs that would change what is measured. */
function cleanEnvironment(home: string, providerPort: number): NodeJS.ProcessEnv {
  const foreign = /^(CLAWLINK_|XDG_|NODE_)/
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
  return {
    ...kept,
    HOME: home,
    CLAWLINK_BASE_URLS: `${provider}=http://127.0.0.1:${providerPort}`,
    CLAWLINK_OUTBOUND_ALLOW: `127.0.0.1:${providerPort}`,
  }
}

async function runCommand(args: string[], env: NodeJS.ProcessEnv, input: string): Promise<string> {
  const child = spawn(process.execPath, args, { env })
  child.stdin.end(input)
  const [output, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise(resolve => child.once('close', resolve)),
  ])
  if (code !== 0) throw new Error(`clawlink ${args.slice(1).join(' ')} ended with ${code}:\n${errors}${output}`)
  return output
}

function restRequest(port: number, key: string): string {
  const headers = { authorization: `Bearer ${key}` }
  return postRequest(port, `/api/v1/tools/${tool}/calls`, headers, { arguments: callArguments })
}

/** MCP 2025-11-25, Streamable HTTP: the version travels in a header, and a call needs no session. */
function mcp2025Request(port: number, key: string): string {
  const headers = {
    authorization: `Bearer ${key}`,
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-11-25',
  }
  const params = { name: callTool, arguments: { tool, arguments: callArguments } }
  return postRequest(port, '/mcp', headers, { jsonrpc: '2.0', id: 1, method: 'tools/call', params })
}

/** MCP 2026-07-28: each request says in `_meta` who asks, and repeats method and name in headers. */
function mcp2026Request(port: number, key: string): string {
  const headers = {
    authorization: `Bearer ${key}`,
    accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2026-07-28',
    'Mcp-Method': 'tools/call',
    'Mcp-Name': callTool,
  }
  const params = {
    name: callTool,
    arguments: { tool, arguments: callArguments },
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': { name: 'clawlink-bench', version: '1.0.0' },
    },
  }
  return postRequest(port, '/mcp', headers, { jsonrpc: '2.0', id: 1, method: 'tools/call', params })
}
