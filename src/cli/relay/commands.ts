/** The commands of the relay on one screen: one to run it, the others talk to one that runs. */
import type { Command } from 'commander'
import { command, settingsFor } from '../command.ts'
import type { Flags } from '../settings.ts'

const relaySettings = [
  ...settingsFor.credentials,
  'host',
  'port',
  'publicUrl',
  'allowedHosts',
  'trustedProxies',
  'logLevel',
  'stopGraceMs',
] as const

/** An option that may be given several times. */
const again = (between: string) => (value: string, before?: string) =>
  before === undefined ? value : before + between + value

export function addRelayCommands(program: Command): void {
  command(
    program,
    'relay',
    'Run a relay: agents on any machine find each other, give each other tasks and share files.',
    async flags => (await import('./start-relay.ts')).relayCommand(flags),
    relaySettings,
  )
    .option('--ephemeral', 'Keep nothing: all is gone when it stops.')
    .option('--for <agents>', 'With --ephemeral: make a key for each of these, and show it.', again(','))
    .option('--mdns', 'Tell the local network that it is here.')
  command(
    program,
    'scan',
    'List the relays that the local network tells of.',
    async flags => (await import('../lan/scan.ts')).scanCommand(flags),
    settingsFor.nothing,
  )

  /** One that talks to a running relay. */
  const client = (
    parent: Command,
    usage: string,
    about: string,
    run: (flags: Flags, words: string[]) => Promise<unknown>,
  ) =>
    command(parent, usage, about, run).option(
      '--url <url>',
      'The relay; otherwise the one that runs here or that this machine paired with. [CLAWLINK_URL]',
    )

  client(program, 'register', 'Let this machine’s agent be found by others.', async flags =>
    (await import('./register.ts')).registerCommand(flags),
  )
    .option('--name <text>', 'What to call it here, beside the name of its key.')
    .option('--capability <words>', 'What it can do, such as code or review; several with commas.', again(','))
    .option('--machine <text>', 'Where it runs; the name of this machine otherwise.')
    .option('--description <text>', 'What others should know of it.')
    .option('--watch', 'Stay online, show what arrives and acknowledge it.')
  client(program, 'discover', 'List the agents that have registered.', async flags =>
    (await import('./discover.ts')).discoverCommand(flags),
  )
    .option('--capability <word>', 'Only those that can do this.')
    .option('--online', 'Only those that were heard of within 120 s.')
    .option('--text <words>', 'Only those with this in their name, machine or description.')
  client(
    program,
    'delegate [agent] [task]',
    'Give a task to an agent (named by its id or name) or, with --capability and no agent, to whoever can do it.',
    async (flags, words) => (await import('./delegate.ts')).delegateCommand(flags, words),
  )
    .option('--capability <word>', 'What it takes, instead of an agent.')
    .option('--context <json>', 'What else the agent needs to know: text, JSON, or @file.')
    .option('--attach <key>', 'A shared file that belongs to it. May be repeated.', again('\n'))
    .option('--priority <name>', 'One of urgent, high, normal and low.')
    .option('--deadline <time>', 'When it is too late, such as 2h.')
    .option('--wait <time>', 'Wait so long for its end, such as 60s, and show it.')
  client(
    program,
    'tasks [id]',
    'List the tasks that this agent gave or has; with an id, show one.',
    async (flags, [id]) => (await import('./tasks.ts')).tasksCommand(flags, id),
  ).option('--open', 'Only those that have not ended.')
  client(program, 'poll', 'Show what is in the mailbox of this machine’s agent.', async flags =>
    (await import('./poll.ts')).pollCommand(flags),
  )
    .option('--wait <time>', 'Wait so long for something, up to 60s.')
    .option('--ack', 'Acknowledge it: it does not come again.')
    .option('--watch', 'Go on, show what arrives and acknowledge it.')
  client(program, 'respond <task>', 'Say how a task goes.', async (flags, [id]) =>
    (await import('./respond.ts')).respondCommand(flags, id ?? ''),
  )
    .option(
      '--status <step>',
      'accept, progress, ask, complete, fail or reject; whoever gave it: answer or cancel.',
      'complete',
    )
    .option('--result <json>', 'What came of it: text, JSON, or @file.')
    .option('--note <text>', 'A word to go with it: how far it is, the question, or the reason.')
  client(
    program,
    'broadcast <topic> <text>',
    'Tell everybody who subscribes to a topic.',
    async (flags, [topic, content]) =>
      (await import('./broadcast.ts')).broadcastCommand(flags, topic ?? '', content ?? ''),
  ).option('--tag <words>', 'What it is about; several with commas.', again(','))
  client(
    program,
    'subscribe [topic]',
    'Be told what is broadcast on a topic; without one, list the topics.',
    async (flags, [topic]) => (await import('./broadcast.ts')).subscribeCommand(flags, topic),
  )
    .option('--tag <words>', 'Only what has one of these tags; several with commas.', again(','))
    .option('--end', 'Be told no longer.')

  const file = program.command('file').description('Files that agents share, in all their versions.').helpCommand(false)
  client(file, 'put <path> [key]', 'Share a file, or write its next version.', async (flags, [path, key]) =>
    (await import('./shared-files.ts')).putSharedFileCommand(flags, path ?? '', key),
  )
    .option('--base <version>', 'The version that yours was made of; `any` for whatever is there.')
    .option('--merge', 'Where somebody else was first: merge text of which no line was changed by both.')
    .option('--force', 'Although somebody else is editing it.')
    .option('--type <type>', 'Its media type, such as text/markdown.')
  client(file, 'get <key>', 'Write a shared file to standard output, or to a path.', async (flags, [key]) =>
    (await import('./get-shared-file.ts')).getSharedFileCommand(flags, key ?? ''),
  )
    .option('-o, --output <path>', 'Where to save it.')
    .option('--version <number>', 'A former version of it.')
    .option('--force', 'Replace what is there.')
  client(file, 'list [prefix]', 'List the shared files, or those whose key begins so.', async (flags, [prefix]) =>
    (await import('./shared-files.ts')).listSharedFilesCommand(flags, prefix),
  )
  client(file, 'history <key>', 'List the versions of a shared file.', async (flags, [key]) =>
    (await import('./shared-files.ts')).sharedFileHistoryCommand(flags, key ?? ''),
  )
  client(
    file,
    'restore <key> <version>',
    'Make a former version the present one again.',
    async (flags, [key, version]) =>
      (await import('./shared-files.ts')).restoreSharedFileCommand(flags, key ?? '', version ?? ''),
  ).option('--force', 'Although somebody else is editing it.')
  client(file, 'delete <key>', 'Delete a shared file. It can be restored for a while.', async (flags, [key]) =>
    (await import('./shared-files.ts')).deleteSharedFileCommand(flags, key ?? ''),
  ).option('--force', 'Although somebody else is editing it.')
}
