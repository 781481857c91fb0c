import * as z from 'zod'
import { isNetwork } from './ip-address.ts'
import { mask, Secret } from './secret.ts'

const secret = z
  .string()
  .min(1)
  .transform(text => new Secret(text))
const list = z.preprocess(
  value =>
    typeof value === 'string'
      ? value
          .split(',')
          .map(part => part.trim())
          .filter(Boolean)
      : value,
  z.array(z.string()),
)
const oneOf = <const N extends readonly string[]>(names: N) => z.enum(names, `must be one of: ${names.join(', ')}`)
const flag = z.preprocess(
  value => (value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value),
  z.boolean('must be true or false'),
)
const whole = (min: number, max: number) => {
  const problem = `must be a whole number from ${min} to ${max}`
  return z.preprocess(
    value => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    z.int(problem).min(min, problem).max(max, problem),
  )
}
const url = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .transform(text => text.replace(/\/+$/, ''))
const byProvider = z.preprocess(
  value => {
    if (typeof value !== 'string') return value
    return Object.fromEntries(
      value
        .split(',')
        .filter(Boolean)
        .map(pair => pair.split(/=(.*)/s).slice(0, 2)),
    )
  },
  z.record(z.string(), url),
)

/** Every setting. The environment name, the CLI flag and the docs row derive from the key and its description. */
export const configSchema = z.strictObject({
  dataDir: z.string().min(1).describe('Folder that holds the database.'),
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
  port: whole(0, 65535).default(9077).describe('Port to listen on; 0 takes any free one.'),
  publicUrl: url
    .optional()
    .describe('The URL under which people and agents reach ClawLink, when it is not http://host:port.'),
  allowedHosts: list.default([]).describe('Further Host header values to accept, such as a name in the local network.'),
  trustedProxies: list
    .pipe(z.array(z.string().refine(isNetwork, 'must be IP addresses or ranges, such as 127.0.0.1,10.0.0.0/8')))
    .default([])
    .describe('Addresses and ranges of the reverse proxies in front, whose X-Forwarded-For is believed.'),
  databaseUrl: secret.optional().describe('postgres:// URL; without it an SQLite file in the data folder is used.'),
  keyringFile: z
    .string()
    .min(1)
    .describe('File that holds the key ring. Keep it apart from the data folder and back it up.'),
  keyring: secret.optional().describe('The key ring itself (the JSON of a key ring file), instead of a file.'),
  keyringPassphrase: secret.optional().describe('Passphrase that protects the key ring file.'),
  keyringCommand: z
    .string()
    .optional()
    .describe('Command that prints the key ring, such as a KMS client decrypting it.'),
  roles: list
    .pipe(z.array(oneOf(['web', 'worker'])).min(1, 'must name at least one role'))
    .default(['web', 'worker'])
    .describe('What this process does.'),
  logLevel: oneOf(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('How much to log (JSON lines on standard error).'),
  oidcIssuer: url.optional().describe('OpenID provider that members may sign in at, as its issuer URL.'),
  oidcClientId: z.string().min(1).optional().describe('Client id of ClawLink at that OpenID provider.'),
  oidcClientSecret: secret.optional().describe('Client secret of ClawLink at that OpenID provider.'),
  oidcLabel: z.string().min(1).max(40).default('single sign-on').describe('What the sign-in button calls it.'),
  clientDocuments: flag
    .default(false)
    .describe('Let OAuth clients name themselves by a URL, whose document ClawLink then fetches (CIMD).'),
  renewAheadMinutes: whole(1, 60)
    .default(5)
    .describe('How long before its end the access token of a connection is renewed, in minutes.'),
  approvalHours: whole(1, 720).default(24).describe('Time that a call waits for a member’s approval, in hours.'),
  secretsDir: z.string().min(1).optional().describe('Folder that connections may read secrets from (file:name).'),
  vaultUrl: url.optional().describe('HashiCorp Vault that connections may read secrets from (vault:path), as its URL.'),
  vaultToken: secret.optional().describe('Token that ClawLink reads secrets in that Vault with.'),
  vaultMount: z
    .string()
    .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'must be a path such as secret')
    .default('secret')
    .describe('Where in that Vault its KV version 2 engine is mounted.'),
  vaultNamespace: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be a name')
    .optional()
    .describe('Namespace in that Vault, where it has several.'),
  outboundAllow: list.default([]).describe('Private or loopback hosts (host or host:port) that connectors may reach.'),
  baseUrls: byProvider
    .default({})
    .describe('Other base URLs for providers, as provider=URL, such as a GitHub Enterprise Server.'),
  sandbox: flag.default(false).describe('Also run the sandbox provider, to try ClawLink without any account.'),
  sandboxPort: whole(0, 65535).default(9078).describe('Port of the sandbox provider.'),
  requestBytesMax: whole(1024, 64 * 1024 * 1024)
    .default(1024 * 1024)
    .describe('Largest request body accepted, in bytes.'),
  answerBytesMax: whole(1024, 256 * 1024 * 1024)
    .default(16 * 1024 * 1024)
    .describe('Largest provider answer accepted, in bytes.'),
  inlineAnswerBytesMax: whole(1024, 64 * 1024 * 1024)
    .default(200_000)
    .describe('Largest answer that a caller gets directly, in bytes; a larger one becomes a file to read in parts.'),
  fileBytesMax: whole(1024, 4 * 1024 * 1024 * 1024)
    .default(100 * 1024 * 1024)
    .describe('Largest file, in bytes.'),
  filesBytesMax: whole(1024, 1024 * 1024 * 1024 * 1024)
    .default(1024 * 1024 * 1024)
    .describe('All files of a workspace together, in bytes.'),
  fileMinutes: whole(1, 10_080).default(60).describe('How long a file is kept, in minutes.'),
  relayMailboxMax: whole(1, 1_000_000)
    .default(10_000)
    .describe('Messages that may wait in the mailbox of one agent; then its senders are told that it is full.'),
  relayMailboxBytesMax: whole(1024, 16 * 1024 * 1024 * 1024)
    .default(64 * 1024 * 1024)
    .describe('The same in bytes.'),
  relayMessageHours: whole(1, 720)
    .default(168)
    .describe('How long a message waits to be received, unless its sender says otherwise, in hours.'),
  relayKeepHours: whole(1, 8760)
    .default(168)
    .describe('How long received messages, ended tasks, dead letters and broadcasts can be read, in hours.'),
  relayDeliveriesMax: whole(1, 1000)
    .default(10)
    .describe('How often a message is handed out without being acknowledged before it is a dead letter.'),
  relayOfferSeconds: whole(1, 86_400)
    .default(60)
    .describe('Time that an agent has to accept a task that another suitable one could do, in seconds.'),
  sharedFilesMax: whole(1, 10_000_000)
    .default(100_000)
    .describe('Shared files of a workspace, deleted ones not counted.'),
  sharedFilesBytesMax: whole(1024, 1024 * 1024 * 1024 * 1024)
    .default(5 * 1024 * 1024 * 1024)
    .describe('All versions of the shared files of a workspace together, in bytes; the same content counts once.'),
  sharedFileVersionsMax: whole(1, 100_000).default(1000).describe('Versions of one shared file that are kept.'),
  sharedFileDays: whole(1, 3650)
    .default(30)
    .describe('How long former versions of shared files, and deleted ones, are kept, in days.'),
  connectTimeoutMs: whole(1, 600_000).default(10_000).describe('Time to connect to a provider.'),
  callTimeoutMs: whole(1, 600_000)
    .default(30_000)
    .describe('Time for one call at the provider, its retries and the waits between them included.'),
  paceWaitMs: whole(0, 600_000)
    .default(10_000)
    .describe('Longest time that a call waits inline for its turn at a provider; then it is parked.'),
  metricsToken: secret.optional().describe('Bearer token that GET /metrics asks for; without it there are no metrics.'),
  stopGraceMs: whole(0, 600_000).default(10_000).describe('Time that running calls get to end when ClawLink stops.'),
})

export type Config = z.output<typeof configSchema>
export type ConfigKey = keyof Config
export const configKeys = Object.keys(configSchema.shape) as ConfigKey[] // z.strictObject keeps its own keys

/** `databaseUrl` → `CLAWLINK_DATABASE_URL`; `dataDir` is short: `CLAWLINK_DATA`. */
export function environmentName(key: ConfigKey): string {
  return key === 'dataDir' ? 'CLAWLINK_DATA' : `CLAWLINK_${key.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`
}

/** `sandboxPort` → `--sandbox-port`; `dataDir` is short: `--data`. */
export function flagName(key: ConfigKey): string {
  return key === 'dataDir' ? '--data' : `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

/** Names of `CLAWLINK_*` variables that no setting reads: most often a spelling mistake. */
export function unknownVariables(environment: Record<string, string | undefined>): string[] {
  const known = new Set([...configKeys.map(environmentName), 'CLAWLINK_CONFIG', 'CLAWLINK_URL', 'CLAWLINK_KEY'])
  return Object.keys(environment).filter(
    name => name.startsWith('CLAWLINK_') && !/^CLAWLINK_(TEST|SECRET)_/.test(name) && !known.has(name),
  )
}

/** The settings in a printable form: a secret shows only that it is set. */
export function maskConfig(config: Config): Record<string, unknown> {
  return Object.fromEntries(configKeys.map(key => [key, config[key] instanceof Secret ? mask : config[key]]))
}
