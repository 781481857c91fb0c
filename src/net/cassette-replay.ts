import { mask } from '../core/secret.ts'
import type { Cassette, Exchanged, RecordedBody, RecordedRequest } from './cassette.ts'
import { recordedBody } from './cassette-record.ts'
import { createScrub, holdsTokenFields } from './cassette-scrub.ts'
import { secretsOf } from './cassette-secrets.ts'
import type { Net } from './send.ts'
import { lost, type WireRequest, type WireResult } from './wire.ts'

export type ReplayingNet = Net & {
  /** What was asked and is not recorded, each as one text. Empty when all went well. */
  unmatched: readonly string[]
  /** Exchanges that nobody asked for yet. */
  left(): Exchanged[]
}

/**
 * Answers from a cassette and never from the network. A request is answered by the first exchange of the same method, URL and
 * body (by what its JSON says, in any order of keys) that is not played yet; `•••` stands for any text. With `repeat`, the
 * last of equal ones is played again and again. Any other request throws, and says what the nearest one has otherwise.
 */
export function replayingNet(cassette: Cassette, { repeat = false }: { repeat?: boolean } = {}): ReplayingNet {
  const played = new Set<Exchanged>()
  const unmatched: string[] = []
  return {
    unmatched,
    left: () => cassette.exchanges.filter(exchange => !played.has(exchange)),
    async close() {},
    async send(request) {
      const asked = askedOf(request)
      const fitting = cassette.exchanges.filter(({ request }) => differences(request, asked).length === 0)
      const next = fitting.find(exchange => !played.has(exchange)) ?? (repeat ? fitting.at(-1) : undefined)
      if (!next) {
        const problem = whyNot(cassette, asked, fitting.length)
        unmatched.push(problem)
        throw new Error(problem)
      }
      played.add(next)
      return resultOf(next, request)
    },
  }
}

type Asked = Pick<RecordedRequest, 'method' | 'url' | 'body'>

/** The request as it would be recorded, so that what is said of it holds no secret either. */
function askedOf({ method, url, body: sent, credential, credentialQuery = {} }: WireRequest): Asked {
  const scrub = createScrub([...secretsOf(credential), ...secretsOf(credentialQuery)])
  const tokens = typeof sent === 'string' && holdsTokenFields(sent)
  const body = recordedBody(sent, scrub, tokens)
  return { method, url: scrub.text(url, tokens), ...(body && { body }) }
}

/** What a request has otherwise than a recorded one, each as `place: recorded …, asked …`. */
function differences(recorded: Asked, asked: Asked): string[] {
  return [
    ...(recorded.method === asked.method ? [] : [told('method', recorded.method, asked.method)]),
    ...(fits(recorded.url, asked.url) ? [] : [told('url', recorded.url, asked.url)]),
    ...bodyDifferences(recorded.body, asked.body),
  ]
}

function bodyDifferences(recorded: RecordedBody | undefined, asked: RecordedBody | undefined): string[] {
  if (recorded && asked && 'json' in recorded && 'json' in asked) {
    return valueDifferences(recorded.json, asked.json, 'body')
  }
  return valueDifferences(recorded, asked, 'body')
}

function valueDifferences(recorded: unknown, asked: unknown, at: string): string[] {
  if (isObject(recorded) && isObject(asked) && Array.isArray(recorded) === Array.isArray(asked)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(asked)])
    const [one, other] = [new Map(Object.entries(recorded)), new Map(Object.entries(asked))]
    return [...names].flatMap(name => valueDifferences(one.get(name), other.get(name), `${at}.${name}`))
  }
  return fits(recorded, asked) ? [] : [told(at, recorded, asked)]
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Equal, but that what was blanked in the recorded one may have been anything. */
function fits(recorded: unknown, asked: unknown): boolean {
  if (recorded === asked) return true
  if (recorded === mask) return asked !== undefined
  if (typeof recorded !== 'string' || typeof asked !== 'string' || !recorded.includes(mask)) return false
  return new RegExp(`^${recorded.split(mask).map(RegExp.escape).join('[^]*')}$`).test(asked)
}

function whyNot({ exchanges }: Cassette, asked: Asked, playedBefore: number): string {
  const what = `${asked.method} ${asked.url}`
  if (playedBefore) {
    return `The cassette has ${what} ${playedBefore} times, and all of them are played. \`repeat\` plays the last one again.`
  }
  const nearest = exchanges
    .map(({ request }) => ({ request, wrong: differences(request, asked), far: distance(request, asked) }))
    .reduce<{ request: Asked; wrong: string[]; far: number } | undefined>(
      (best, each) => (best && best.far <= each.far ? best : each),
      undefined,
    )
  if (!nearest) return `The cassette is empty: it has no answer for ${what}.`
  const { request, wrong } = nearest
  return [`The cassette has no ${what}. The nearest is ${request.method} ${request.url}:`, ...wrong].join('\n  ')
}

/** How far apart two requests are: another path counts most, then another method, then each other part. */
function distance(recorded: Asked, asked: Asked): number {
  const [path = '', query = ''] = recorded.url.split('?', 2)
  const [askedPath = '', askedQuery = ''] = asked.url.split('?', 2)
  return (
    (fits(path, askedPath) ? 0 : 1000 - sharedStart(path, askedPath)) +
    (recorded.method === asked.method ? 0 : 100) +
    (fits(query, askedQuery) ? 0 : 10) +
    Math.min(bodyDifferences(recorded.body, asked.body).length, 9)
  )
}

function sharedStart(one: string, other: string): number {
  const at = [...one].findIndex((char, index) => char !== other[index])
  return Math.min(at < 0 ? one.length : at, 500)
}

const told = (place: string, recorded: unknown, asked: unknown): string =>
  `${place}: recorded ${shown(recorded)}, asked ${shown(asked)}`

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

/** A token that was blanked goes on as one that a header can carry. */
const tokenStandIn = 'blanked'

async function resultOf({ answer }: Exchanged, { sink }: WireRequest): Promise<WireResult> {
  if ('lost' in answer) return { kind: 'lost', ...answer.lost }
  const { status, headers, body } = answer
  const answered = { kind: 'answered', status, headers: structuredClone(headers) } as const
  const bytes = bytesOf(body)
  if (sink && status >= 200 && status < 300) {
    const size = body && 'stream' in body ? body.stream : bytes.length
    const content = body && 'stream' in body ? zeros(size) : once(bytes)
    return sink.take(answered.headers, content).then(
      value => ({ ...answered, body: Buffer.alloc(0), sunk: { bytes: size, value } }),
      () => lost('maybe_sent', 'unkept', 'The answer could not be stored.'),
    )
  }
  const text = bytes.includes(mask) ? bytes.toString('utf8') : ''
  return { ...answered, body: holdsTokenFields(text) ? Buffer.from(text.replaceAll(mask, tokenStandIn)) : bytes }
}

function bytesOf(body: RecordedBody | undefined): Buffer {
  if (!body || 'stream' in body) return Buffer.alloc(0)
  if ('base64' in body) return Buffer.from(body.base64, 'base64')
  return Buffer.from('json' in body ? JSON.stringify(body.json) : body.text)
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  if (bytes.length) yield bytes
}

/** What stands for the content of a file that was not kept: as many bytes. */
async function* zeros(size: number): AsyncGenerator<Uint8Array> {
  const piece = Buffer.alloc(64 * 1024)
  for (let left = size; left > 0; left -= piece.length) yield left < piece.length ? piece.subarray(0, left) : piece
}
