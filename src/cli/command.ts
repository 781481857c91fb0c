import { type Command, Option } from 'commander'
import { type Config, type ConfigKey, configKeys, configSchema, environmentName, flagName } from '../core/config.ts'
import { Fault } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { databaseFault } from '../db/inner-fault.ts'
import { printFault } from './print.ts'
import type { Flags } from './settings.ts'

type SecretKey = { [K in ConfigKey]-?: Secret extends Config[K] ? K : never }[ConfigKey]

/**
 * Secrets are given by the environment or a file only: arguments are visible to every user of the machine. The type asks
 * for all of them.
 */
const secretSettings: Record<SecretKey, true> = {
  databaseUrl: true,
  keyring: true,
  keyringPassphrase: true,
  oidcClientSecret: true,
  vaultToken: true,
  metricsToken: true,
}
const isSecret = (key: ConfigKey): key is SecretKey => Object.hasOwn(secretSettings, key)

/** What the settings that a command takes are about; the last holds all. */
export const settingsFor = {
  nothing: [],
  database: ['dataDir'],
  credentials: ['dataDir', 'keyringFile', 'keyringCommand'],
  files: ['dataDir', 'keyringFile', 'keyringCommand', 'fileBytesMax', 'filesBytesMax', 'fileMinutes'],
  calls: [
    'dataDir',
    'keyringFile',
    'keyringCommand',
    'outboundAllow',
    'baseUrls',
    'sandboxPort',
    'secretsDir',
    'vaultUrl',
    'vaultMount',
    'vaultNamespace',
  ],
  all: configKeys,
} as const satisfies Record<string, readonly ConfigKey[]>

/** A command with the options that all share. `run` gets its arguments as words, and imports what it needs itself. */
export function command(
  parent: Command,
  usage: string,
  about: string,
  run: (flags: Flags, words: string[]) => Promise<unknown>,
  settings: readonly ConfigKey[] = settingsFor.database,
): Command {
  const made = parent.command(usage).description(about).option('--json', 'Answer with JSON.')
  for (const key of settings) if (!isSecret(key)) made.addOption(settingOption(key))
  if (settings.length)
    made.addOption(new Option('--config <file>', 'Configuration file (JSON). [CLAWLINK_CONFIG]').helpGroup('Settings:'))
  if (settings === settingsFor.all) made.addHelpText('after', `\n${aboutSecrets()}`)
  made.action(async () => {
    try {
      await run(
        made.opts(),
        made.processedArgs.flat().filter(word => typeof word === 'string'),
      )
    } catch (cause) {
      printFault(unexpected(cause), made.opts().json === true)
      process.exit(1)
    }
  })
  return made
}

function settingOption(key: ConfigKey): Option {
  const about = `${configSchema.shape[key].description ?? ''} [${environmentName(key)}]`
  const flags =
    key === 'sandbox' || key === 'clientDocuments' ? flagName(key) : `${flagName(key)} <${valueNames[key] ?? 'value'}>`
  return new Option(flags, about).helpGroup('Settings:')
}

const valueNames: Partial<Record<ConfigKey, string>> = {
  dataDir: 'folder',
  host: 'address',
  port: 'port',
  publicUrl: 'url',
  allowedHosts: 'names',
  trustedProxies: 'addresses',
  keyringFile: 'file',
  keyringCommand: 'command',
  roles: 'names',
  logLevel: 'level',
  oidcIssuer: 'url',
  oidcClientId: 'id',
  oidcLabel: 'text',
  approvalHours: 'hours',
  secretsDir: 'folder',
  vaultUrl: 'url',
  vaultMount: 'path',
  vaultNamespace: 'name',
  outboundAllow: 'hosts',
  baseUrls: 'pairs',
  sandboxPort: 'port',
  requestBytesMax: 'bytes',
  answerBytesMax: 'bytes',
  inlineAnswerBytesMax: 'bytes',
  fileBytesMax: 'bytes',
  filesBytesMax: 'bytes',
  fileMinutes: 'minutes',
  sharedFilesBytesMax: 'bytes',
  sharedFileDays: 'days',
  connectTimeoutMs: 'ms',
  callTimeoutMs: 'ms',
  stopGraceMs: 'ms',
}

function aboutSecrets(): string {
  const rows = configKeys
    .filter(isSecret)
    .map(key => `  ${environmentName(key).padEnd(28)} ${configSchema.shape[key].description}`)
  return ['Settings without a flag, since every user of a machine can read flags:', ...rows].join('\n')
}

/** What nobody foresaw. The words of the database or the machine are enough for what these refuse; the rest needs the place. */
function unexpected(cause: unknown): Fault {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  const ofDatabase = 'syscall' in error ? undefined : databaseFault(error)
  if (ofDatabase) return ofDatabase
  if ('syscall' in error || 'errcode' in error) {
    return new Fault('internal', `The operating system refused: ${error.message}.`, {
      fix: 'Check the disk, and the rights of the user that runs ClawLink.',
    })
  }
  return new Fault('internal', `Something unexpected went wrong. ${error.stack}`, {
    fix: 'This is a mistake in ClawLink. Please report it with the lines above.',
  })
}
