import { existsSync, statSync } from 'node:fs'
import { type App, openApp } from '../app.ts'
import { listNotices } from '../calls/output/list-notices.ts'
import { type ToolVersion, versionOf } from '../calls/output/list-tool-versions.ts'
import type { Credential } from '../connections/credential.ts'
import { reconnectLink } from '../connections/links.ts'
import { openCredential } from '../connections/open-credential.ts'
import { readSecretRef } from '../connections/stores/read-secret-ref.ts'
import { type Config, unknownVariables } from '../core/config.ts'
import { Fault } from '../core/errors.ts'
import { isLoopback } from '../core/is-loopback.ts'
import { createLog } from '../core/log.ts'
import { version } from '../core/version.ts'
import type { ConnectionRow } from '../db/schema.ts'
import { bold, dim, green, print, printJson, red, yellow } from './print.ts'
import { aboutProviderApi } from './provider-apis.ts'
import { type Flags, missingData, reachedAt, runningUrl, settingsOf } from './settings.ts'

export type Finding = { state: 'good' | 'note' | 'bad'; what: string; fix?: string }

/** Looks at everything that ClawLink needs and says what to do about what is wrong. Exit code 1 when something is. */
export async function doctor(flags: Flags): Promise<void> {
  const config = settingsOf(flags)
  const stores = await aboutStores(config)
  const own = [...aboutMachine(config), await aboutServer(config), ...stores.findings]
  const findings = [...own, ...stores.apis]
  if (flags.json) printJson({ findings, tools: stores.tools })
  else {
    for (const finding of own) show(finding)
    if (stores.apis.length) print(`\n${bold('Provider APIs')}`)
    for (const finding of stores.apis) show(finding)
  }
  if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1
}

function show({ state, what, fix }: Finding): void {
  const sign = { good: green('✓'), note: yellow('•'), bad: red('✗') }[state]
  print(`${sign} ${what}${fix ? `\n  ${dim(fix)}` : ''}`)
}

function aboutMachine(config: Config): Finding[] {
  const findings: Finding[] = [{ state: 'good', what: `ClawLink ${version} on Node ${process.versions.node}` }]
  for (const name of unknownVariables(process.env)) {
    findings.push({
      state: 'note',
      what: `${name} is set, but there is no such setting.`,
      fix: '`clawlink check` lists the settings.',
    })
  }
  if (!isLoopback(config.host) && !config.publicUrl?.startsWith('https:')) {
    findings.push({
      state: 'note',
      what: `It listens on ${config.host} without TLS.`,
      fix: 'Put a TLS proxy in front of it and set CLAWLINK_PUBLIC_URL to its https:// address.',
    })
  }
  const open = process.platform !== 'win32' && existsSync(config.dataDir) && statSync(config.dataDir).mode & 0o077
  if (open)
    findings.push({
      state: 'bad',
      what: `Other users can look into ${config.dataDir}.`,
      fix: `Run: chmod 700 ${config.dataDir}`,
    })
  return findings
}

/** The server that runs on this data folder, which may be reached elsewhere than these settings say; else what they say. */
async function aboutServer(config: Config): Promise<Finding> {
  const { host, port } = config
  const written = runningUrl(config)
  const running = written === undefined ? undefined : await aboutServerAt(written)
  if (running?.state === 'good') return running
  return aboutServerAt(`http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`)
}

async function aboutServerAt(url: string): Promise<Finding> {
  try {
    const answer = await fetch(`${url}/api/v1/health`, { signal: AbortSignal.timeout(2000) })
    const { status, version: running }: { status?: unknown; version?: unknown } = Object(await answer.json())
    if (status === 'ok') return { state: 'good', what: `A server of version ${String(running)} answers at ${url}.` }
    return {
      state: 'note',
      what: `Something else than ClawLink answers at ${url}.`,
      fix: 'Choose another port: --port <port>.',
    }
  } catch {
    return { state: 'note', what: `No server answers at ${url}.`, fix: 'Start one: npm start' }
  }
}

async function aboutStores(config: Config): Promise<{ findings: Finding[]; apis: Finding[]; tools: ToolVersion[] }> {
  const missing = await missingData(config)
  if (missing) return { findings: [{ state: 'note', what: missing.message, fix: missing.fix }], apis: [], tools: [] }
  const opened = await openApp(config, { log: createLog('silent') })
  if (opened instanceof Fault)
    return { findings: [{ state: 'bad', what: opened.message, fix: opened.fix }], apis: [], tools: [] }
  try {
    const { app } = opened
    app.url = () => reachedAt(config)
    const { findings: apis, tools } = await aboutProviderApis(app)
    const findings: Finding[] = [
      { state: 'good', what: `The database (${app.db.dialect}) opens and has this version’s tables.` },
      {
        state: 'good',
        what: `The key ring (${config.keyring ? 'CLAWLINK_KEYRING' : (config.keyringCommand ?? config.keyringFile)}) belongs to it.`,
      },
      ...(await aboutConnections(app)),
    ]
    return { findings, apis, tools }
  } finally {
    await opened.close()
  }
}

async function aboutConnections(app: App): Promise<Finding[]> {
  const rows = await app.db.read.selectFrom('connections').selectAll().orderBy('id').execute()
  if (!rows.length)
    return [{ state: 'note', what: 'Nothing is connected yet.', fix: 'For example: clawlink connections add github' }]
  const broken: Finding[] = []
  for (const row of rows) {
    const opened = await storedCredential(app, row)
    if (opened instanceof Fault)
      broken.push({ state: 'bad', what: `${row.provider} (${row.label}): ${opened.message}`, fix: opened.fix })
    else if (row.state === 'needs_reauth')
      broken.push({
        state: 'bad',
        what: `${row.provider} (${row.label}) has to be reconnected: ${row.state_reason}`,
        fix: `Open ${reconnectLink(app, row.id)}`,
      })
  }
  return [
    ...broken,
    {
      state: 'good',
      what: `${rows.length - broken.length} of ${rows.length} connections have a credential that opens.`,
    },
  ]
}

/** Opens it without asking the provider for anything. */
async function storedCredential(app: App, row: ConnectionRow): Promise<Credential | Fault> {
  if (row.secret_ref !== '') return readSecretRef(app, row.secret_ref)
  const [credential] = await app.queries.connections.credential(row.id)
  return credential ? openCredential(app, credential) : new Fault('connection_not_found', 'Its credential is gone.')
}

/** Each tool of each provider with the version of its API, and the findings about those that are connected. */
async function aboutProviderApis(app: App): Promise<{ tools: ToolVersion[]; findings: Finding[] }> {
  const notices = await listNotices(app, app.workspaceId)
  const rows = await app.db.read.selectFrom('connections').select('provider').distinct().execute()
  const connected = new Set(rows.map(({ provider }) => provider))
  const providers = [...app.catalog.providers.values()].map(({ slug, connector, tools }) => ({
    slug,
    name: connector.name,
    tools: tools.map(tool => versionOf(tool, notices.get(tool.name), app.clock.now())),
  }))
  const used = providers.filter(({ slug }) => connected.has(slug))
  const findings = used.flatMap(({ name, tools }) => aboutProviderApi(name, tools))
  const others = `${used.length ? 'The others' : 'All providers'}: \`clawlink tools versions\` lists the version of each tool.`
  return {
    tools: providers.flatMap(({ tools }) => tools),
    findings: [...findings, { state: 'good', what: others }],
  }
}
