/** The `clawlink` command: its whole surface on one screen. Each command loads its own file only when it is used. */
import { Command } from 'commander'
import { version } from '../core/version.ts'
import { askForHelp } from './ask-for-help.ts'
import { command, settingsFor } from './command.ts'
import { addRelayCommands } from './relay/commands.ts'

const program = new Command('clawlink')
  .description('The link between your AI agents and everything else.')
  .version(version, '-v, --version', 'Show the version.')
  .helpOption('-h, --help', 'Show this help.')
  .helpCommand('help [command...]', 'Show the help of a command.')
  .showHelpAfterError('Run it with --help to see what it takes.')
  .showSuggestionAfterError()
  .enablePositionalOptions()
  .addHelpText(
    'after',
    '\nFirst steps:\n  clawlink demo              See what it does, offline.\n  clawlink start             Start it. It says what to do next.',
  )

command(program, 'start', 'Start ClawLink.', async flags => (await import('./start.ts')).start(flags), settingsFor.all)
command(
  program,
  'demo',
  'Play the whole story once, offline, on throwaway data.',
  async flags => (await import('./demo.ts')).demo(flags),
  settingsFor.nothing,
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
  settingsFor.all,
)
command(
  program,
  'doctor',
  'Look for problems, and say how to fix them.',
  async flags => (await import('./doctor.ts')).doctor(flags),
  settingsFor.all,
)

command(
  program,
  'pair',
  'Get a key for this machine: a member approves it in the browser.',
  async flags => (await import('./pair.ts')).pair(flags),
  settingsFor.nothing,
)
  .option('--url <url>', 'The ClawLink to pair with. [CLAWLINK_URL]')
  .option('--name <text>', 'Name of this agent; by default the name of this machine.')
  .option('--read-only', 'Ask for read access only.')
  .option('--test', 'Ask for a key for test connections.')
  .option('--open', 'Open the page in this machine’s browser.')
  .option('--print-key', 'Also show the key, and ready-made commands that use it.')

command(
  program,
  'owner-link',
  'Make a one-time link to become an owner, if you are locked out.',
  async flags => (await import('./owner-link.ts')).ownerLinkCommand(flags),
  ['dataDir', 'host', 'port', 'publicUrl'],
)

const group = (name: string, about: string) => program.command(name).description(about).helpCommand(false)

const keys = group('keys', 'Keys with which agents use ClawLink.')
command(keys, 'create', 'Make a key. It is shown once.', async flags =>
  (await import('./keys.ts')).createKeyCommand(flags),
)
  .requiredOption('--name <agent>', 'Name of the agent that gets the key.')
  .option('--test', 'A key for test connections.')
  .option('--expires <days>', 'Days until it expires; by default it lasts until it is revoked.')
  .option('--effects <names>', 'Only tools with these effects: read, write, destructive.')
  .option('--providers <names>', 'Only these providers.')
  .option('--tools <names>', 'Only these tools.')
  .option('--connections <ids>', 'Only these connections.')
  .option('--manage-connections', 'Let it add and remove connections.')
  .option('--per-minute <number>', 'At most this many calls per minute.')
  .option('--per-day <number>', 'At most this many calls per day (UTC).')
command(keys, 'list', 'List the keys.', async flags => (await import('./keys.ts')).listKeysCommand(flags))
command(keys, 'rotate <id>', 'Replace a key with a new one, which is shown once.', async (flags, [id]) =>
  (await import('./keys.ts')).rotateKeyCommand(flags, id ?? ''),
).option('--overlap <minutes>', 'How long the old key keeps working.', '60')
command(keys, 'revoke <id>', 'End a key, at once and for good.', async (flags, [id]) =>
  (await import('./keys.ts')).revokeKeyCommand(flags, id ?? ''),
)

const agents = group('agents', 'The agents that use ClawLink.')
command(agents, 'list', 'List the agents.', async flags => (await import('./agents.ts')).listAgentsCommand(flags))
command(agents, 'rename <agent> <name>', 'Rename an agent, given by its id or name.', async (flags, [id, name]) =>
  (await import('./agents.ts')).renameAgentCommand(flags, id ?? '', name ?? ''),
)
command(agents, 'remove <agent>', 'End an agent, given by its id or name: revoke all its keys.', async (flags, [id]) =>
  (await import('./agents.ts')).removeAgentCommand(flags, id ?? ''),
)

const connections = group('connections', 'Accounts that agents may use.')
command(
  connections,
  'add <provider>',
  'Connect an account. Asks for what it needs, or reads it from standard input (several fields as JSON).',
  async (flags, [provider]) => (await import('./connections.ts')).addConnectionCommand(flags, provider ?? ''),
  settingsFor.calls,
)
  .option('--way <id>', 'Which way to connect, where the provider has several.')
  .option('--secret-ref <ref>', 'Where the secret is kept instead: env:NAME, file:name or vault:path#key.')
  .option('--label <text>', 'A name for it; by default the account’s own name.')
  .option('--default', 'Use it when a call names no connection.')
  .option('--test', 'Make it a test connection, for test keys only.')
command(connections, 'list', 'List the connections and their states.', async flags =>
  (await import('./connections.ts')).listConnectionsCommand(flags),
)
command(
  connections,
  'change <id>',
  'Rename a connection, given by its id or label, or make it the default.',
  async (flags, [id]) => (await import('./connections.ts')).changeConnectionCommand(flags, id ?? ''),
  settingsFor.credentials,
)
  .option('--label <text>', 'What to call it.')
  .option('--default', 'Use it when a call names no connection.')
  .option('--no-default', 'Use it only when it is named.')
command(
  connections,
  'remove <id>',
  'Remove one connection, given by its id or label, with its credential, and end its access at the provider.',
  async (flags, [id]) => (await import('./connections.ts')).removeConnectionCommand(flags, id ?? ''),
  settingsFor.calls,
)

const oauthApps = group('oauth-apps', 'OAuth apps of your own, registered at providers.')
command(
  oauthApps,
  'add <registration>',
  'Add an OAuth app. Asks for its secret, or reads it from standard input.',
  async (flags, [registration]) => (await import('./oauth-apps.ts')).addOAuthAppCommand(flags, registration ?? ''),
  [...settingsFor.credentials, 'host', 'port', 'publicUrl'],
)
  .option('--client-id <id>', 'Its client id.')
  .option('--file <path>', 'The JSON file that the provider gives to download, instead of id and secret.')
  .option('--key-file <path>', 'Its private key (PEM) instead of a secret, where the provider takes one.')
  .option('--key-id <id>', 'What the provider calls that key.')
  .option('--label <text>', 'What to call it.')
  .option('--default', 'Use it when no other app is named.')
command(oauthApps, 'list', 'List the OAuth apps.', async flags =>
  (await import('./oauth-apps.ts')).listOAuthAppsCommand(flags),
)
command(
  oauthApps,
  'remove <id>',
  'Remove an OAuth app, given by its id or label, with its secret.',
  async (flags, [id]) => (await import('./oauth-apps.ts')).removeOAuthAppCommand(flags, id ?? ''),
  settingsFor.credentials,
).option('--force', 'Remove it even if connections use it. They then have to be reconnected.')

const tools = group('tools', 'What agents can do.')
command(
  tools,
  'search [words...]',
  'Search the tools by what you want to do; without words, list them.',
  async (flags, words) => (await import('./tools.ts')).searchCommand(flags, words),
  settingsFor.credentials,
)
  .option('--provider <name>', 'Only tools of this provider.')
  .option('--limit <number>', 'How many to show.', '10')
command(
  tools,
  'describe <tool>',
  'Show what a tool does and takes.',
  async (flags, [tool]) => (await import('./tools.ts')).describeCommand(flags, tool ?? ''),
  settingsFor.credentials,
)
command(
  tools,
  'versions [provider]',
  'List the API version that each tool is written for, and what its provider has deprecated.',
  async (flags, [provider]) => (await import('./tool-versions.ts')).toolVersionsCommand(flags, provider),
  settingsFor.credentials,
)
for (const [verb, about] of [
  ['preview', 'Show the exact request that a call would send. Sends nothing.'],
  ['call', 'Call a tool.'],
] as const) {
  const made = command(
    tools,
    `${verb} <tool> [arguments]`,
    about,
    async (flags, [tool, args]) => (await import('./tools.ts')).runToolCommand(verb, flags, tool ?? '', args),
    settingsFor.calls,
  )
    .option('--connection <id>', 'Which account to use: id or label of a connection.')
    .option('--next <token>', 'The `next` of the previous answer.')
    .option('--test', 'Use test connections.')
  if (verb === 'call')
    made
      .option('--all', 'Follow all pages and give their records as one list.')
      .option('--no-wait', 'Do not wait: a running server makes the call, and `calls wait` shows its answer.')
      .option(
        '--idempotency-key <key>',
        'Any text that names this one call: repeated with the same text, it is still sent only once.',
      )
}

const calls = group('calls', 'Calls that are under way, and the answers of those that ended.')
command(
  calls,
  'list',
  'List the calls that wait for approval or for their turn, or are under way.',
  async flags => (await import('./calls.ts')).listCallsCommand(flags),
  settingsFor.credentials,
)
command(
  calls,
  'show <id>',
  'Show the state of a call, or its answer.',
  async (flags, [id]) => (await import('./calls.ts')).showCallCommand(flags, id ?? ''),
  settingsFor.credentials,
)
command(
  calls,
  'wait <id>',
  'Wait for a call to end, and show its answer.',
  async (flags, [id]) => (await import('./calls.ts')).waitForCallCommand(flags, id ?? ''),
  settingsFor.credentials,
).option('--seconds <number>', 'How long to wait at most.', '600')
command(
  calls,
  'cancel <id>',
  'Cancel a call that has not been sent, or stop following one that has.',
  async (flags, [id]) => (await import('./calls.ts')).cancelCallCommand(flags, id ?? ''),
  settingsFor.credentials,
)

command(
  program,
  'record <calls...>',
  'Call tools, each named before its arguments (JSON), and keep what their providers answered in a file for tests.',
  async (flags, calls) => (await import('./record.ts')).recordCommand(flags, calls),
  settingsFor.calls,
)
  .requiredOption('--out <file>', 'The cassette to write.')
  .option('--connection <id>', 'Which account to use: id or label of a connection.')
  .option('--test', 'Use test connections.')
  .option('--append', 'Add to the cassette if there is one.')
  .option('--force', 'Replace the cassette if there is one.')

const files = group('files', 'Files that calls take and give. They expire by themselves.')
command(
  files,
  'put <path>',
  'Store a file for a call, and show its id.',
  async (flags, [path]) => (await import('./files.ts')).putFileCommand(flags, path ?? ''),
  settingsFor.files,
)
  .option('--name <text>', 'A name for it; by default its own name.')
  .option('--type <type>', 'Its media type, such as image/png.')
command(
  files,
  'get <id>',
  'Write a file to standard output, or to a path.',
  async (flags, [id]) => (await import('./files.ts')).getFileCommand(flags, id ?? ''),
  settingsFor.files,
)
  .option('-o, --output <path>', 'Where to save it.')
  .option('--force', 'Replace what is there.')
command(
  files,
  'list',
  'List the files.',
  async flags => (await import('./files.ts')).listFilesCommand(flags),
  settingsFor.files,
)
command(
  files,
  'delete <id>',
  'Delete a file before it expires.',
  async (flags, [id]) => (await import('./files.ts')).deleteFileCommand(flags, id ?? ''),
  settingsFor.files,
)

addRelayCommands(program)

const policy = group('policy', 'Rules that decide what agents may do.')
command(policy, 'list', 'List the rules in their order.', async flags =>
  (await import('./policy.ts')).listRulesCommand(flags),
)
command(
  policy,
  'explain <tool> [arguments]',
  'Show which rule would decide about a call, and why. Nothing is called.',
  async (flags, [tool, args]) => (await import('./policy.ts')).explainPolicyCommand(flags, tool ?? '', args),
  settingsFor.credentials,
)
  .option('--agent <id>', 'The agent that would call.')
  .option('--connection <id>', 'Which account to use: id or label of a connection.')
  .option('--test', 'Decide for the test environment.')

const endpoints = group('endpoints', 'URLs to which events are sent as signed requests.')
command(
  endpoints,
  'add <url>',
  'Add an endpoint. Its secret is shown once.',
  async (flags, [url]) => (await import('./endpoints.ts')).addEndpointCommand(flags, url ?? ''),
  [...settingsFor.credentials, 'outboundAllow', 'baseUrls'],
)
  .option('--types <names>', 'Only these types of event, such as call.ended; by default all.')
  .option('--about <text>', 'What it is for.')
command(endpoints, 'list', 'List the endpoints and their states.', async flags =>
  (await import('./endpoints.ts')).listEndpointsCommand(flags),
)
command(
  endpoints,
  'test <id>',
  'Send a test event to an endpoint, and show whether it arrived.',
  async (flags, [id]) => (await import('./endpoints.ts')).testEndpointCommand(flags, id ?? ''),
  settingsFor.credentials,
)
command(
  endpoints,
  'remove <id>',
  'Remove an endpoint with its secret and its deliveries.',
  async (flags, [id]) => (await import('./endpoints.ts')).removeEndpointCommand(flags, id ?? ''),
  settingsFor.credentials,
)

const audit = group('audit', 'The record of who did what.')
command(audit, 'list', 'Show the latest entries.', async flags => (await import('./audit.ts')).listAuditCommand(flags))
  .option('--action <name>', 'Only entries of this action, such as key.revoked.')
  .option('--limit <number>', 'How many to show.', '50')
command(audit, 'verify', 'Check that nothing in it was changed or is missing.', async flags =>
  (await import('./audit.ts')).verifyAuditCommand(flags),
)

const vault = group('vault', 'The keys that protect the stored credentials.')
command(
  vault,
  'rotate',
  'Make a new key and wrap every credential with it, while ClawLink keeps running.',
  async flags => (await import('./vault.ts')).rotateCommand(flags),
  settingsFor.credentials,
)
command(
  vault,
  'protect',
  'Encrypt the key ring file with CLAWLINK_KEYRING_PASSPHRASE.',
  async flags => (await import('./vault.ts')).protectCommand(flags),
  ['dataDir', 'keyringFile'],
)
command(
  vault,
  'new-ring',
  'Print a new key ring, to keep in a secret store.',
  async flags => (await import('./vault.ts')).newRingCommand(flags),
  settingsFor.nothing,
)

// Whoever reads what we print may have seen enough, as in `clawlink tools search | head`.
process.stdout.on('error', cause => {
  if (!('code' in cause && cause.code === 'EPIPE')) throw cause
})
await program.parseAsync(askForHelp(program, process.argv.slice(2)), { from: 'user' })
