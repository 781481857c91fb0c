import { unknownVariables } from '../core/config.ts'
import { version } from '../core/version.ts'
import { serve } from '../roles/serve.ts'
import { bold, dim, print, printJson, yellow } from './print.ts'
import { type Flags, orExit, settingsOf } from './settings.ts'
import { untilStopped } from './until-stopped.ts'

/** Starts ClawLink, says what to do next, and runs until it is stopped. */
export async function start(flags: Flags): Promise<void> {
  const stopped = untilStopped()
  const serving = orExit(await serve(settingsOf(flags)), flags)
  const { url = '', sandbox } = serving
  if (flags.json) printJson({ url, ...(sandbox && { sandbox: { url: sandbox.url, apiKey: sandbox.apiKey } }) })
  else {
    print(welcome(url, sandbox))
    for (const name of unknownVariables(process.env)) print(yellow(`${name} is set, but there is no such setting.`))
  }
  await stopped
  if (!flags.json) print(dim('Stopping: running calls may end.'))
  await serving.stop()
  process.exit(0)
}

function welcome(url: string, sandbox: { url: string; apiKey: string } | undefined): string {
  const connect = sandbox ? 'npx clawlink connections add sandbox' : 'npx clawlink connections add github'
  const lines = [
    `${bold(`ClawLink ${version}`)} is running at ${bold(url)}`,
    '',
    'Next, in another terminal in this folder:',
    `  1. Connect an app       ${bold(connect)}`,
    `  2. Make a key           ${bold('npx clawlink keys create --name my-agent')}`,
    `  3. Tell your agent      ${bold(`claude mcp add --transport http clawlink ${url}/mcp --header "Authorization: Bearer <key>"`)}`,
    dim(`     Other agents: MCP at ${url}/mcp, REST at ${url}/api/openapi.json, with the key as bearer token.`),
    '',
  ]
  if (sandbox) lines.push(`The sandbox provider is at ${sandbox.url}. Its API key: ${bold(sandbox.apiKey)}`)
  else lines.push(dim('No account at hand? `npx clawlink demo` plays the whole story offline.'))
  return `${lines.join('\n')}\n${dim('Ctrl-C stops it.')}`
}
