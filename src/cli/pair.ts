/** `clawlink pair`: this machine asks a running ClawLink for a key, which a member approves in the browser. */
import { spawn } from 'node:child_process'
import { hash, randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { Fault } from '../core/errors.ts'
import { type Credential, readCredentials, writeCredential } from './credentials-file.ts'
import { bold, dim, green, print, printJson } from './print.ts'
import { askRest, readUrl } from './rest.ts'
import { type Flags, orExit, text } from './settings.ts'

const started = z.object({
  id: z.string(),
  userCode: z.string().regex(/^[\w-]{1,40}$/),
  verificationUriComplete: z.url({ protocol: /^https?$/ }),
  expiresAt: z.iso.datetime(),
  intervalMs: z.number().min(0).max(60_000),
})
const polled = z.object({
  status: z.enum(['awaiting_browser', 'approved', 'denied', 'expired', 'completed']),
  key: z.string().optional(),
  agent: z.string().optional(),
  environment: z.string().optional(),
  expiresAt: z.string().nullish(),
})

export async function pair(flags: Flags): Promise<void> {
  const url = orExit(readUrl(text(flags, 'url') ?? process.env.CLAWLINK_URL ?? 'http://127.0.0.1:9077'), flags)
  // Better found out before a member has approved.
  orExit(readCredentials(), flags)
  const verifier = randomBytes(32).toString('base64url')
  const pairing = orExit(
    await post(url, '/pairings', started, {
      label: (text(flags, 'name') ?? hostname()).slice(0, 80),
      host: hostname().slice(0, 200),
      environment: flags.test ? 'test' : 'live',
      scope: flags.readOnly ? { effects: ['read'] } : {},
      challenge: hash('sha256', verifier, 'base64url'),
    }),
    flags,
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      say(dim('\nStopped. Nothing was stored.'))
      process.exit(130)
    })
  const link = new URL(pairing.verificationUriComplete).href
  say(`Open this page in a browser where you are signed in to ClawLink:\n\n  ${bold(link)}\n`)
  say(`Approve only if it shows this code:  ${bold(pairing.userCode)}\n`)
  if (flags.open) openBrowser(link)
  const credential = orExit(await untilDecided(url, pairing, verifier), flags)
  const file = orExit(writeCredential(url, credential), flags)
  const { key, ...about } = credential
  if (flags.json) return printJson({ url, ...about, file, ...(flags.printKey && { key }) })
  print(`${green('Paired.')} This machine is the agent ${bold(about.agent)} (${about.environment}).`)
  print(`Its key is in ${file}.\n`)
  const bearer = flags.printKey ? key : '<key>'
  const add = `claude mcp add --transport http --scope user clawlink ${url}/mcp --header "Authorization: Bearer ${bearer}"`
  print(`Next:  ${bold(add)}`)
  if (!flags.printKey) print(dim('`clawlink pair --print-key` would have shown the key; it is in the file.'))
}

/** Asks until a member has decided, no faster than ClawLink wants. A ClawLink that is restarted meanwhile is waited for. */
async function untilDecided(
  url: string,
  { id, expiresAt, intervalMs }: z.output<typeof started>,
  verifier: string,
): Promise<Credential | Fault> {
  const endsAt = Date.parse(expiresAt)
  say(dim(`Waiting for a member to approve, until ${new Date(endsAt).toLocaleTimeString()}. Ctrl-C stops it.`))
  for (;;) {
    await sleep(intervalMs)
    const answer = await post(url, `/pairings/${encodeURIComponent(id)}/poll`, polled, { verifier })
    if (answer instanceof Fault) {
      const goesOn = answer.code === 'rate_limited' || answer.code === 'provider_unavailable'
      if (!goesOn || Date.now() > endsAt + 120_000) return answer
      await sleep(Math.min(answer.details.retryAfterMs ?? 0, 60_000))
      continue
    }
    const { status, key, agent = '', environment = '', expiresAt: keyEndsAt = null } = answer
    if (status === 'completed' && key !== undefined) return { key, agent, environment, expiresAt: keyEndsAt }
    if (status === 'awaiting_browser' || status === 'approved') progress()
    else return ended[status]
  }
}

const again = { fix: 'Start again with `clawlink pair`.' }
const ended = {
  denied: new Fault('approval_denied', 'A member denied this pairing.', {
    fix: 'Nothing was stored. Ask the member what they would like instead.',
  }),
  expired: new Fault('timeout', 'Nobody approved this pairing in time.', again),
  completed: new Fault('conflict', 'The key of this pairing was fetched already. If it was not you, revoke it.', again),
}

const post = <T>(url: string, path: string, shape: z.ZodType<T>, body: object): Promise<T | Fault> =>
  askRest({ url }, { method: 'POST', path, shape, body, timeoutMs: 20_000 })

/** Everything but the result goes to standard error, so that what reads the output finds only that. */
function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function progress(): void {
  if (process.stderr.isTTY) process.stderr.write(dim('.'))
}

/** A machine without a browser shows the link all the same, so a failure here is no failure. */
function openBrowser(link: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', link]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', link]
        : ['xdg-open', link]
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}
