import { existsSync, statSync } from 'node:fs'
import { type App, openApp } from '../app.ts'
import type { Credential } from '../connections/credential.ts'
import { reconnectLink } from '../connections/links.ts'
import { openCredential } from '../connections/open-credential.ts'
import { readSecretRef } from '../connections/stores/read-secret-ref.ts'
import { type Config, unknownVariables } from '../core/config.ts'
import { Fault } from '../core/errors.ts'
import { createLog } from '../core/log.ts'
import { version } from '../core/version.ts'
import type { ConnectionRow } from '../db/schema.ts'
import { dim, green, print, printJson, red, yellow } from './print.ts'
import { type Flags, settingsOf } from './settings.ts'

type Finding = { state: 'good' | 'note' | 'bad'; what: string; fix?: string }

/** Looks at everything that ClawLink needs and says what to do about what is wrong. Exit code 1 when something is. */
export async function doctor(flags: Flags): Promise<void> {
  const config = settingsOf(flags)
  const findings = [...aboutMachine(config), await aboutServer(config), ...(await aboutStores(config))]
  if (flags.json) printJson({ findings })
  else for (const finding of findings) show(finding)
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
  if (!['127.0.0.1', 'localhost', '::1'].includes(config.host) && !config.publicUrl?.startsWith('https:')) {
    findings.push({
      state: 'note',
      what: `It listens on ${config.host} without TLS.`,
      fix: 'Put a TLS proxy before it and set CLAWLINK_PUBLIC_URL to its https:// address.',
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

async function aboutServer({ host, port }: Config): Promise<Finding> {
  const url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`
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

async function aboutStores(config: Config): Promise<Finding[]> {
  const opened = await openApp(config, { log: createLog('silent') })
  if (opened instanceof Fault) return [{ state: 'bad', what: opened.message, fix: opened.fix }]
  try {
    const { app } = opened
    return [
      { state: 'good', what: `The database (${app.db.dialect}) opens and has this version’s tables.` },
      {
        state: 'good',
        what: `The key ring (${config.keyring ? 'CLAWLINK_KEYRING' : (config.keyringCommand ?? config.keyringFile)}) belongs to it.`,
      },
      ...(await aboutConnections(app)),
      ...aboutProviders(app),
    ]
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
        what: `${row.provider} (${row.label}) has to be connected anew: ${row.state_reason}`,
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

function aboutProviders(app: App): Finding[] {
  return [...app.catalog.providers.values()].map(({ connector, tools }) => {
    return {
      state: 'good' as const,
      what: `${connector.name}: ${tools.length} tools, written for API version ${connector.api.version ?? 'unstated'}`,
    }
  })
}
