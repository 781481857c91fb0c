import { flushCompileCache } from 'node:module'
import { firstRunLink } from '../accounts/people/owner-link.ts'
import { type ConfigKey, flagName, unknownVariables } from '../core/config.ts'
import type { Settings } from '../core/read-config.ts'
import { version } from '../core/version.ts'
import { type Serving, serve } from '../roles/serve.ts'
import { settingsFor } from './command.ts'
import { bold, dim, print, printJson, yellow } from './print.ts'
import { type Flags, orExit, readSettings, settingsOf, text } from './settings.ts'
import { untilStopped } from './until-stopped.ts'

/** Starts ClawLink, says what to do next, and runs until it is stopped. */
export async function start(flags: Flags): Promise<void> {
  const stopped = untilStopped()
  const serving = orExit(await serve(settingsOf(flags)), flags)
  const { app, url = '', sandbox } = serving
  const setupUrl = app.config.roles.includes('web') ? await firstRunLink(app) : undefined
  if (flags.json)
    printJson({
      url,
      ...(setupUrl !== undefined && { setupUrl }),
      ...(sandbox && { sandbox: { url: sandbox.url, apiKey: sandbox.apiKey } }),
    })
  else {
    print(welcome(serving, flags, setupUrl))
    for (const name of unknownVariables(process.env)) print(yellow(`${name} is set, but there is no such setting.`))
  }
  // Now, since a server that is killed cannot: the next one starts in half the time.
  flushCompileCache()
  await stopped
  if (!flags.json) print(dim('Stopping, once the running calls have ended.'))
  await serving.stop()
  process.exit(0)
}

function welcome({ app, url = '', sandbox }: Serving, flags: Flags, setupUrl: string | undefined): string {
  const settings = readSettings(flags)
  const port = sandbox && text(flags, 'sandboxPort') !== undefined ? ` --sandbox-port ${sandbox.port}` : ''
  const [example = 'sandbox'] = sandbox ? ['sandbox'] : app.catalog.providers.keys()
  const connect = `npx clawlink connections add ${example}`
  const lines = [
    `${bold(`ClawLink ${version}`)} is running at ${bold(url)}`,
    ...(setupUrl === undefined
      ? []
      : ['', 'Open this to make yourself its owner. It works once, for 24 hours:', `  ${bold(setupUrl)}`]),
    '',
    'Next steps (commands go into another terminal, in this folder):',
    `  Connect an app     ${bold(`${url}/connections`)}`,
    `  Or with its key    ${bold(connect + sameFlags(settings, flags, settingsFor.credentials) + port)}`,
    `  Tell your agent    ${bold(`claude mcp add --transport http --scope user clawlink ${url}/mcp`)}`,
    dim('                     It signs in through the browser, where you choose what it may do.'),
    `  Or give it a key   ${bold(`npx clawlink pair --url ${url}`)}`,
    dim(`                     You approve it in the browser. MCP: ${url}/mcp  REST: ${url}/api/openapi.json`),
    ...sameVariables(settings),
    '',
  ]
  if (sandbox) lines.push(`The sandbox provider is at ${sandbox.url}. Its API key: ${bold(sandbox.apiKey)}`)
  else lines.push(dim('No account at hand? `npx clawlink demo` plays the whole story offline.'))
  return `${lines.join('\n')}\n${dim('Ctrl-C stops it.')}`
}

/** The flags of this command that another command needs too, so that it finds the same database and key ring. */
function sameFlags({ config, origins }: Settings, flags: Flags, keys: readonly ConfigKey[]): string {
  const given = keys.filter(key => origins[key].from === 'flag').map(key => [flagName(key), String(config[key])])
  const file = text(flags, 'config')
  const all = file === undefined ? given : [...given, ['--config', file]]
  return all.map(([name, value = '']) => ` ${name} ${/^[\w./:@%+=,-]+$/.test(value) ? value : `'${value}'`}`).join('')
}

function sameVariables({ origins }: Settings): string[] {
  const shared: readonly ConfigKey[] = [...settingsFor.calls, 'databaseUrl', 'keyring', 'keyringPassphrase']
  const names = shared.flatMap(key => (origins[key].from === 'variable' ? (origins[key].name ?? []) : []))
  return names.length ? [`  Set ${names.join(', ')} there too, as in this one.`] : []
}
