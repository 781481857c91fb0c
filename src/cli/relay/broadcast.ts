import * as z from 'zod'
import { Fault } from '../../core/errors.ts'
import { bold, dim, plain, print, printJson, printTable } from '../print.ts'
import { askRest } from '../rest.ts'
import { type Flags, orExit } from '../settings.ts'
import { readValue } from './read-value.ts'
import { relayServer } from './server.ts'
import { wordsIn } from './words-in.ts'

const sent = z.looseObject({ id: z.string(), recipients: z.number(), refused: z.number() })
const subscription = z.looseObject({ topic: z.string(), tags: z.array(z.string()) })

/** Tells everybody who subscribes to a topic. */
export async function broadcastCommand(flags: Flags, topic: string, given: string): Promise<void> {
  const content = orExit(await readValue(given), flags)
  const server = orExit(relayServer(flags), flags)
  const body = { topic, content, tags: wordsIn(flags, 'tag') }
  const answer = orExit(await askRest(server, { method: 'POST', path: '/relay/broadcasts', body, shape: sent }), flags)
  if (flags.json) return printJson(answer)
  const { recipients, refused } = answer
  print(`${answer.id}  ${dim(`to ${recipients} subscriber${recipients === 1 ? '' : 's'} of ${plain(topic)}`)}`)
  if (refused) print(dim(`The mailboxes of ${refused} more are full.`))
}

/** Subscribes to a topic; with `--end` no longer; without a topic, lists what is subscribed to. */
export async function subscribeCommand(flags: Flags, topic: string | undefined): Promise<void> {
  if (topic === undefined) {
    const wrong =
      flags.end || flags.tag
        ? new Fault('validation_error', 'Which topic? None is named.', { fix: 'clawlink subscribe <topic>' })
        : 0
    orExit(wrong, flags)
    return listSubscriptions(flags)
  }
  const server = orExit(relayServer(flags), flags)
  const path = `/relay/subscriptions/${encodeURIComponent(topic)}`
  if (flags.end) {
    const ended = orExit(
      await askRest(server, { method: 'DELETE', path, shape: z.looseObject({ topic: z.string() }) }),
      flags,
    )
    return flags.json ? printJson(ended) : print(`Not subscribed to ${bold(plain(topic))} any more.`)
  }
  const body = { tags: wordsIn(flags, 'tag') ?? [] }
  const made = orExit(await askRest(server, { method: 'PUT', path, body, shape: subscription }), flags)
  if (flags.json) return printJson(made)
  print(
    `Subscribed to ${bold(plain(made.topic))}${made.tags.length ? `, of ${made.tags.map(plain).join(' or ')}` : ''}.`,
  )
}

async function listSubscriptions(flags: Flags): Promise<void> {
  const server = orExit(relayServer(flags), flags)
  const { items } = orExit(
    await askRest(server, {
      method: 'GET',
      path: '/relay/subscriptions',
      shape: z.object({ items: z.array(subscription) }),
    }),
    flags,
  )
  if (flags.json) return printJson({ items })
  if (!items.length) return print('Subscribed to nothing. Subscribe: clawlink subscribe <topic>')
  printTable(
    ['TOPIC', 'TAGS'],
    items.map(({ topic, tags }) => [plain(topic), tags.map(plain).join(', ') || 'all']),
  )
}
