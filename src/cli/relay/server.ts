import { Fault } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { instanceAt } from '../../db/instance-lock.ts'
import { readCredentials } from '../credentials-file.ts'
import { readUrl, type Server } from '../rest.ts'
import { type Flags, settingsOf, text } from '../settings.ts'

/**
 * The relay that a command talks to, and the key for it. The URL: `--url`, CLAWLINK_URL, the server that runs on this data
 * folder, the only one that this machine has paired with, else the usual one. The key: CLAWLINK_KEY, else that of the pairing.
 */
export function relayServer(flags: Flags, environment = process.env): Required<Server> | Fault {
  const paired = readCredentials()
  if (paired instanceof Fault) return paired
  const known = Object.keys(paired)
  const [only, ...others] = known
  const given =
    text(flags, 'url') ??
    (environment.CLAWLINK_URL || undefined) ??
    instanceAt(settingsOf(flags).dataDir).url ??
    (others.length ? undefined : only) ??
    'http://127.0.0.1:9077'
  const url = readUrl(given)
  if (url instanceof Fault) return url
  const key = environment.CLAWLINK_KEY || Object(paired[url]).key
  if (typeof key === 'string' && key !== '') return { url, key: new Secret(key) }
  return new Fault('unauthorized', `This machine has no key for ${url}.`, {
    fix: `Get one: clawlink pair --url ${url}. Or set CLAWLINK_KEY to one that \`clawlink keys create\` made there.`,
    ...(known.length && { choices: known.map(each => `--url ${each}`) }),
  })
}
