/** The `clawlink` command: its whole surface on one screen. Each command loads its own file only when it is used. */
import { Command, Option } from 'commander'
import { type ConfigKey, configKeys, configSchema, environmentName, flagName } from '../core/config.ts'
import { version } from '../core/version.ts'
import type { Flags } from './settings.ts'

const program = new Command('clawlink')
  .description('The link between your AI agents and everything else.')
  .version(version, '-v, --version')
  .showHelpAfterError('Run with --help to see what is possible.')
  .showSuggestionAfterError()
  .enablePositionalOptions()

/** Secrets are given by the environment or a file only: arguments are visible to every user of the machine. */
const secretKeys: readonly ConfigKey[] = ['databaseUrl', 'keyring', 'keyringPassphrase']

const valueNames: Partial<Record<ConfigKey, string>> = {
  dataDir: 'folder',
  keyringFile: 'file',
  keyringCommand: 'command',
  publicUrl: 'url',
  port: 'port',
  sandboxPort: 'port',
  host: 'address',
  logLevel: 'level',
  roles: 'names',
  allowedHosts: 'names',
  outboundAllow: 'hosts',
  baseUrls: 'pairs',
  requestBytesMax: 'bytes',
  answerBytesMax: 'bytes',
  connectTimeoutMs: 'ms',
  callTimeoutMs: 'ms',
  stopGraceMs: 'ms',
}

function settingOptions(keys: readonly ConfigKey[]): Option[] {
  return keys
    .filter(key => !secretKeys.includes(key))
    .map(key => {
      const about = `${configSchema.shape[key].description ?? ''} [${environmentName(key)}]`
      return key === 'sandbox'
        ? new Option('--sandbox', about)
        : new Option(`${flagName(key)} <${valueNames[key] ?? 'value'}>`, about)
    })
}

/** A command with the options that all share. `run` is imported when the command is used. */
function command(
  parent: Command,
  usage: string,
  about: string,
  run: (flags: Flags, words: string[]) => Promise<unknown>,
  settings: readonly ConfigKey[] = ['dataDir'],
): Command {
  const made = parent.command(usage).description(about)
  for (const option of settingOptions(settings)) made.addOption(option)
  made.option('--config <file>', 'Configuration file (JSON).').option('--json', 'Answer with JSON.')
  made.action(async () => {
    await run(
      made.opts(),
      made.processedArgs.flat().filter(word => typeof word === 'string'),
    )
  })
  return made
}

command(program, 'start', 'Start ClawLink.', async flags => (await import('./start.ts')).start(flags), configKeys)
command(
  program,
  'demo',
  'Play the whole story once, offline, on data that is thrown away.',
  async flags => (await import('./demo.ts')).demo(flags),
  [],
)
command(
  program,
  'sandbox',
  'Run the sandbox provider alone.',
  async flags => (await import('./sandbox.ts')).sandbox(flags),
  ['sandboxPort'],
)
command(
  program,
  'check',
  'Show every setting and where it comes from.',
  async flags => (await import('./check.ts')).check(flags),
  configKeys,
)
command(
  program,
  'doctor',
  'Look for what could be wrong, and say how to put it right.',
  async flags => (await import('./doctor.ts')).doctor(flags),
  configKeys,
)

const keys = program.command('keys').description('Keys that agents use ClawLink with.')
command(keys, 'create', 'Make a key. It is shown once.', async flags =>
  (await import('./keys.ts')).createKeyCommand(flags),
)
  .requiredOption('--name <agent>', 'Name of the agent that gets the key.')
  .option('--test', 'A key for test connections.')
  .option('--expires <days>', 'Days until it ends; without this it lasts until it is revoked.')
command(keys, 'list', 'List the keys.', async flags => (await import('./keys.ts')).listKeysCommand(flags))
command(keys, 'revoke <id>', 'End a key, at once and for good.', async (flags, [id]) =>
  (await import('./keys.ts')).revokeKeyCommand(flags, id ?? ''),
)

const connections = program.command('connections').description('Accounts that agents may use.')
command(
  connections,
  'add <provider>',
  'Connect an account. The secret is asked for, or read from standard input.',
  async (flags, [provider]) => (await import('./connections.ts')).addConnectionCommand(flags, provider ?? ''),
  ['dataDir', 'outboundAllow', 'baseUrls', 'sandboxPort'],
)
  .option('--label <text>', 'What to call it; the account’s own name otherwise.')
  .option('--default', 'Use it when a call names none.')
  .option('--test', 'For test keys only.')
command(connections, 'list', 'List the connections.', async flags =>
  (await import('./connections.ts')).listConnectionsCommand(flags),
)
command(connections, 'remove <id>', 'Remove one connection and its credential.', async (flags, [id]) =>
  (await import('./connections.ts')).removeConnectionCommand(flags, id ?? ''),
)

const tools = program.command('tools').description('What agents can do.')
const calling: readonly ConfigKey[] = ['dataDir', 'outboundAllow', 'baseUrls', 'sandboxPort']
command(tools, 'search [words...]', 'Search the tools by what you want to do.', async (flags, words) =>
  (await import('./tools.ts')).searchCommand(flags, words),
)
  .option('--provider <name>', 'Only tools of this provider.')
  .option('--limit <number>', 'How many to show.', '10')
command(tools, 'describe <tool>', 'Show what a tool does and takes.', async (flags, [tool]) =>
  (await import('./tools.ts')).describeCommand(flags, tool ?? ''),
)
for (const [verb, about] of [
  ['preview', 'Show the exact request that a call would send. Sends nothing.'],
  ['call', 'Call a tool.'],
] as const) {
  command(
    tools,
    `${verb} <tool> [arguments]`,
    about,
    async (flags, [tool, args]) => (await import('./tools.ts')).runToolCommand(verb, flags, tool ?? '', args),
    calling,
  )
    .option('--connection <id>', 'Which account: id or label of a connection.')
    .option('--next <token>', 'The `next` of the answer before.')
    .option('--test', 'Use test connections.')
}

const vault = program.command('vault').description('The keys that protect the stored credentials.')
command(
  vault,
  'rotate',
  'Make a new key and wrap every credential with it, while ClawLink goes on working.',
  async flags => (await import('./vault.ts')).rotateCommand(flags),
  ['dataDir', 'keyringFile', 'keyringCommand'],
)
command(
  vault,
  'protect',
  'Put the key ring file under CLAWLINK_KEYRING_PASSPHRASE.',
  async flags => (await import('./vault.ts')).protectCommand(flags),
  ['dataDir', 'keyringFile'],
)
command(
  vault,
  'new-ring',
  'Print a new key ring, to be kept in a secret store.',
  async flags => (await import('./vault.ts')).newRingCommand(flags),
  [],
)

await program.parseAsync()
