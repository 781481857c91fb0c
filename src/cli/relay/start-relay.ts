import { flushCompileCache } from 'node:module'
import { networkInterfaces } from 'node:os'
import { commandLine } from '../../accounts/audit.ts'
import { createKey } from '../../accounts/create-key.ts'
import { listKeys } from '../../accounts/list-keys.ts'
import { firstRunLink } from '../../accounts/people/owner-link.ts'
import { ensureWorkspace } from '../../accounts/workspace.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { isLoopback } from '../../core/is-loopback.ts'
import type { Secret } from '../../core/secret.ts'
import { version } from '../../core/version.ts'
import { hasData } from '../../db/open.ts'
import { serve } from '../../roles/serve.ts'
import { announce } from '../lan/announce.ts'
import { bold, dim, green, print, printJson, yellow } from '../print.ts'
import { type Flags, orExit, settingsOf, withDb } from '../settings.ts'
import { untilStopped } from '../until-stopped.ts'
import { ephemeralPlace } from './ephemeral.ts'
import { wordsIn } from './words-in.ts'

type Given = { agent: string; key: Secret }
type Shown = { url: string; others: string[]; setupUrl: string | undefined; keys: Given[]; place: string | undefined }

/** A relay for agents of several machines: ClawLink with what that needs told first. Runs until it is stopped. */
export async function relayCommand(flags: Flags): Promise<void> {
  const stopped = untilStopped()
  const config = settingsOf(flags)
  const names = wordsIn(flags, 'for') ?? []
  orExit((await refusalOf(flags, { ...config, names })) ?? 0, flags)
  const place = flags.ephemeral ? ephemeralPlace() : undefined
  const serving = orExit(await serve({ ...config, ...place?.settings }), flags)
  place?.unname()
  const { app, url = '' } = serving
  const keys = orExit(await makeKeys(app, names), flags)
  const setupUrl = await firstRunLink(app)
  const others =
    isLoopback(config.host) || config.publicUrl !== undefined
      ? []
      : addressesOf(config.host).map(host => urlAt(host, url))
  const port = config.publicUrl === undefined ? Number(new URL(url).port) : config.port
  const onProblem = (why: string) => process.stderr.write(`${yellow(`It cannot be announced: ${why}.`)}\n`)
  const announced = flags.mdns ? await announce({ port, publicUrl: config.publicUrl }, onProblem) : undefined
  if (flags.json) {
    const shown = keys.map(({ agent, key }) => ({ agent, key: key.reveal() }))
    printJson({ url, others, ...(setupUrl && { setupUrl }), keys: shown, announcedAs: announced?.name ?? null })
  } else print(welcome({ url, others, setupUrl, keys, place: place?.about }, announced?.name))
  flushCompileCache()
  await stopped
  if (!flags.json) print(dim('Stopping.'))
  await announced?.stop()
  await serving.stop()
  process.exit(0)
}

/** Why it must not start like this. */
async function refusalOf(flags: Flags, { host, names }: { host: string; names: string[] }): Promise<Fault | undefined> {
  if (names.length && !flags.ephemeral)
    return new Fault('validation_error', '--for is for an ephemeral relay, whose keys end with it.', {
      fix: 'Make lasting keys: clawlink keys create --name <agent>',
    })
  if (isLoopback(host))
    return flags.mdns
      ? new Fault('validation_error', `Nobody else could reach what --mdns announces: it listens on ${host}.`, {
          fix: 'Give --host 0.0.0.0 too.',
        })
      : undefined
  const fix = flags.ephemeral
    ? 'Name the agents that get one: --for laptop,server'
    : 'Make one: clawlink keys create --name <agent>'
  const hasKeys = flags.ephemeral
    ? names.length > 0
    : (await hasData(settingsOf(flags))) && (await withDb(flags, hasKey))
  return hasKeys
    ? undefined
    : new Fault('forbidden', `There is no key yet, so nobody could use a relay at ${host}.`, { fix })
}

const hasKey: Parameters<typeof withDb<boolean>>[1] = async db => {
  const now = Date.now()
  return (await listKeys(db, await ensureWorkspace(db, now), now)).some(({ state }) => state === 'active')
}

async function makeKeys({ db, clock, workspaceId }: App, names: string[]): Promise<Given[] | Fault> {
  const keys: Given[] = []
  for (const agent of names) {
    const asked = { workspaceId, agent, environment: 'live' as const, by: { actor: commandLine } }
    const made = await createKey(db, clock.now(), asked)
    if (made instanceof Fault) return made
    keys.push({ agent, key: made.key })
  }
  return keys
}

/** Where others reach an address: of a wildcard, every address that this machine has in a network. */
function addressesOf(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host]
  const all = Object.values(networkInterfaces()).flatMap(each => each ?? [])
  return all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address)
}

function urlAt(host: string, url: string): string {
  const { protocol, port } = new URL(url)
  return `${protocol}//${host.includes(':') ? `[${host}]` : host}${port && `:${port}`}`
}

/** What to do next, on each machine. Pure. */
function welcome({ url, others, setupUrl, keys, place }: Shown, announcedAs: string | undefined): string {
  const [reached = url] = others
  const lines = [`${bold(`ClawLink ${version}`)}, a relay, is running at ${bold(url)}`]
  if (others.length) lines.push(`In the network it is at ${others.map(bold).join(', ')}`)
  if (announcedAs) lines.push(dim(`It is announced as ${announcedAs}: clawlink scan`))
  if (place) lines.push(dim(place))
  if (setupUrl)
    lines.push('', 'Open this to make yourself its owner. It works once, for 24 hours:', `  ${bold(setupUrl)}`)
  lines.push('', 'On each machine whose agent is to take part:')
  for (const { agent, key } of keys) {
    lines.push(`  ${green(agent)}${dim(', whose key is shown only now:')}`)
    lines.push(`    ${bold(`export CLAWLINK_URL=${reached} CLAWLINK_KEY=${key.reveal()}`)}`)
  }
  if (!keys.length) {
    lines.push(`  Get a key          ${bold(`npx clawlink pair --url ${reached}`)}`)
    lines.push(dim('                     Approved in the browser by an owner or admin.'))
  }
  lines.push(
    `  Take part          ${bold(`npx clawlink register --capability code${keys.length ? '' : ` --url ${reached}`}`)}`,
  )
  lines.push(`  Wait for work      ${bold(`npx clawlink poll --watch${keys.length ? '' : ` --url ${reached}`}`)}`)
  return `${lines.join('\n')}\n\n${dim('Ctrl-C stops it.')}`
}
