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
    .option('--ephemeral', 'Keep nothing: everything is gone when it stops.')
    .option('--for <agents>', 'With --ephemeral: make a key for each of these, and show it.', again(','))
    .option('--mdns', 'Announce it in the local network.')
  command(
    program,
    'scan',
    'List the relays that are announced in the local network.',
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
      'The relay; by default the one that runs here, or that this machine is paired with. [CLAWLINK_URL]',
    )

  client(program, 'register', 'Make this machine’s agent visible to others.', async flags =>
    (await import('./register.ts')).registerCommand(flags),
  )
    .option('--name <text>', 'A name to show beside that of its key.')
    .option('--capability <words>', 'What it can do, such as code or review; several with commas.', again(','))
    .option('--machine <text>', 'Where it runs; by default the name of this machine.')
    .option('--description <text>', 'What others should know about it.')
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
    'Give a task to an agent, given by its id or name; or, with --capability and no agent, to any that can do it.',
    async (flags, words) => (await import('./delegate.ts')).delegateCommand(flags, words),
  )
    .option('--capability <word>', 'The capability that the task needs, instead of an agent.')
    .option('--context <json>', 'What else the agent needs to know: text, JSON, or @file.')
    .option('--attach <key>', 'Key of a shared file that belongs to it. May be repeated.', again('\n'))
    .option('--priority <name>', 'One of urgent, high, normal and low.')
    .option('--deadline <time>', 'The time after which it is too late, such as 2h.')
    .option('--wait <time>', 'Wait up to this long for its result, such as 60s, and show it.')
  client(
    program,
    'tasks [id]',
    'List the tasks that this agent gave or received; with an id, show that one.',
    async (flags, [id]) => (await import('./tasks.ts')).tasksCommand(flags, id),
  ).option('--open', 'Only those that have not ended.')
  client(program, 'poll', 'Show what is in the mailbox of this machine’s agent.', async flags =>
    (await import('./poll.ts')).pollCommand(flags),
  )
    .option('--wait <time>', 'Wait up to this long for something to arrive, 60s at most.')
    .option('--ack', 'Acknowledge what is shown: it does not come again.')
    .option('--watch', 'Keep running: show what arrives and acknowledge it.')
  client(program, 'respond <task>', 'Report on a task.', async (flags, [id]) =>
    (await import('./respond.ts')).respondCommand(flags, id ?? ''),
  )
    .option(
      '--status <step>',
      'accept, progress, ask, complete, fail or reject; if you gave the task: answer or cancel.',
      'complete',
    )
    .option('--result <json>', 'The result: text, JSON, or @file.')
    .option('--note <text>', 'What to say with it: the progress, the question, or the reason.')
  client(
    program,
    'broadcast <topic> <text>',
    'Tell something to everybody who subscribes to a topic.',
    async (flags, [topic, content]) =>
      (await import('./broadcast.ts')).broadcastCommand(flags, topic ?? '', content ?? ''),
  ).option('--tag <words>', 'What it is about; several with commas.', again(','))
  client(
    program,
    'subscribe [topic]',
    'Subscribe to the broadcasts of a topic; without one, list the subscriptions.',
    async (flags, [topic]) => (await import('./broadcast.ts')).subscribeCommand(flags, topic),
  )
    .option('--tag <words>', 'Only broadcasts with one of these tags; several with commas.', again(','))
    .option('--end', 'Unsubscribe.')

  const file = program.command('file').description('Files that agents share, in all their versions.').helpCommand(false)
  client(file, 'put <path> [key]', 'Share a file, or write its next version.', async (flags, [path, key]) =>
    (await import('./shared-files.ts')).putSharedFileCommand(flags, path ?? '', key),
  )
    .option('--base <version>', 'The version that yours is based on; `any` for whatever is there.')
    .option('--merge', 'If somebody else was first: merge the two, where no line was changed by both.')
    .option('--force', 'Do it even though somebody else is editing it.')
    .option('--type <type>', 'Its media type, such as text/markdown.')
  client(file, 'get <key>', 'Write a shared file to standard output, or to a path.', async (flags, [key]) =>
    (await import('./get-shared-file.ts')).getSharedFileCommand(flags, key ?? ''),
  )
    .option('-o, --output <path>', 'Where to save it.')
    .option('--version <number>', 'A former version of it.')
    .option('--force', 'Replace what is there.')
  client(
    file,
    'list [prefix]',
    'List the shared files, or those whose key begins with a prefix.',
    async (flags, [prefix]) => (await import('./shared-files.ts')).listSharedFilesCommand(flags, prefix),
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
  ).option('--force', 'Do it even though somebody else is editing it.')
  client(file, 'delete <key>', 'Delete a shared file. It can be restored for a while.', async (flags, [key]) =>
    (await import('./shared-files.ts')).deleteSharedFileCommand(flags, key ?? ''),
  ).option('--force', 'Do it even though somebody else is editing it.')
}
