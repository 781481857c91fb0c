/** A provider that has many records and gives them in pages of every kind: each kind a path, and a tool of its own. */
import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { buildCatalog } from '../../src/catalog/catalog.ts'
import {
  apiKey,
  bodyCursor,
  bodyLink,
  connector,
  cursor,
  cursorAt,
  graphqlPages,
  link,
  offset,
  pageNumber,
  tool,
} from '../../src/catalog/define.ts'
import { connectors } from '../../src/connectors/index.ts'
import { type StartOptions, startClawLink, type TestClawLink } from './clawlink.ts'
import { serve } from './serve.ts'

/** One page that is asked for: from which record on, how many, and the number of the request from 1. */
export type PageAsked = { from: number; size: number; request: number }

type Wrong = { status?: number; headers?: Record<string, string>; body: unknown }

export type PagedClaw = TestClawLink & {
  /** The pages that were asked for, in order. */
  pages: PageAsked[]
  /** Looks at each page before it is given, and may answer something else or wait. */
  intercept(look: (asked: PageAsked) => Wrong | undefined | Promise<Wrong | undefined>): void
}

export type PagedOptions = StartOptions & {
  /** How many there are: 10 unless said. */
  total?: number
  record?: (id: number) => object
}

const size = { size: z.int().optional() }

/** Its tools by their kinds. The last three cannot be followed. */
const toolsOf = () => ({
  link: tool({ about: 'By Link header.', input: size, request: 'GET /link{?size}', page: link() }),
  told_link: tool({
    about: 'By a Link header that is always there.',
    input: size,
    request: 'GET /told_link{?size}',
    page: link(['results', 'true']),
  }),
  body_link: tool({
    about: 'By a link in the body.',
    input: size,
    request: 'GET /body_link{?size}',
    page: bodyLink(['@odata.nextLink']),
    pick: 'items',
  }),
  cursor: tool({
    about: 'By a cursor in the query.',
    input: size,
    request: 'GET /cursor{?size}',
    page: cursor('after', 'meta.after', { more: 'meta.more' }),
    pick: 'items',
  }),
  body_cursor: tool({
    about: 'By a cursor in the body.',
    input: size,
    request: 'POST /body_cursor',
    effect: 'read',
    page: bodyCursor('page.after', 'meta.after', { more: 'meta.more' }),
    pick: 'items',
  }),
  graphql: tool({
    about: 'A GraphQL connection.',
    input: size,
    request: 'POST /graphql',
    graphql: 'query($size: Int, $after: String) { things(first: $size, after: $after) { nodes { id } } }',
    effect: 'read',
    page: graphqlPages('data.things'),
    pick: 'data.things.nodes',
  }),
  own_path: tool({
    about: 'By a request of its own, which names the rest in its path.',
    input: size,
    request: 'GET /own_path{?size}',
    page: cursorAt('GET /own_path/{place}', 'meta.url'),
    pick: 'items',
  }),
  own_body: tool({
    about: 'By a request of its own, which names the rest in its body.',
    input: size,
    request: 'POST /own_body',
    effect: 'read',
    page: cursorAt('POST /own_body/more', 'meta.place', { more: 'meta.more' }),
    pick: 'items',
  }),
  number: tool({
    about: 'By numbers, with their count.',
    input: size,
    request: 'GET /number{?size}',
    page: pageNumber('page', { pages: 'meta.pages' }),
    pick: 'items',
  }),
  short: tool({
    about: 'By numbers, until a page is short.',
    input: size,
    request: 'GET /short{?size}',
    page: pageNumber('page', { size: { param: 'size', default: 3 } }),
    pick: 'items',
  }),
  offset: tool({
    about: 'By an offset.',
    input: size,
    request: 'GET /offset{?size}',
    page: offset('offset', { total: 'meta.total' }),
    pick: 'items',
  }),
  left_out: tool({
    about: 'Which leaves an empty list out.',
    input: size,
    request: 'GET /cursor{?size}',
    page: cursor('after', 'meta.after', { more: 'meta.more' }),
    pick: 'items',
    emptyIsLeftOut: true,
  }),
  counted: tool({
    about: 'Which says how many there are.',
    input: size,
    request: 'GET /cursor{?size}',
    page: cursor('after', 'meta.after', { more: 'meta.more' }),
    list: 'items',
  }),
  no_list: tool({
    about: 'Whose answer is no list.',
    input: {},
    request: 'GET /cursor',
    page: cursor('after', 'meta.after'),
  }),
  no_pages: tool({ about: 'Without pages.', input: {}, request: 'GET /link' }),
  write: tool({
    about: 'A write whose answer has pages.',
    input: {},
    request: 'POST /body_cursor',
    page: bodyCursor('page.after', 'meta.after'),
    pick: 'items',
  }),
})

export const kinds = [
  'link',
  'told_link',
  'body_link',
  'cursor',
  'body_cursor',
  'graphql',
  'own_path',
  'own_body',
  'number',
  'short',
  'offset',
]

/** A ClawLink that is connected to such a provider, as `paged`. */
export async function startPaged({
  total = 10,
  record = id => ({ id }),
  ...options
}: PagedOptions = {}): Promise<PagedClaw> {
  const pages: PageAsked[] = []
  let look: Parameters<PagedClaw['intercept']>[0] = () => undefined
  const { host, close } = await serve(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://paged.test')
    const kind = url.pathname.slice(1)
    const answer = (status: number, headers: Record<string, string>, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    if (kind === 'me') return answer(200, {}, { id: '1', name: 'me' })
    const asked = { ...askedOf(kind, url.searchParams, await bodyOf(request)), request: pages.length + 1 }
    pages.push(asked)
    const wrong = await look(asked)
    if (wrong) return answer(wrong.status ?? 200, wrong.headers ?? {}, wrong.body)
    const { headers = {}, body } = pageOf(kind, asked, total, record)
    return answer(200, headers, body)
  })
  const claw = await startClawLink({ ...options, config: { outboundAllow: [host], ...options.config } })
  const paged = connector({
    name: 'Paged',
    about: 'A provider for tests.',
    auth: [apiKey({ label: 'API key', console: 'https://paged.example' })],
    account: { request: 'GET /me', id: 'id', label: 'name' },
    api: { base: `http://${host}`, omit: /^omitted$/ },
    tools: toolsOf,
  })
  claw.app.catalog = buildCatalog({ ...connectors, paged }, claw.app.config.baseUrls)
  await claw.connect({ provider: 'paged', secret: 'a-secret' })
  return Object.assign(claw, {
    pages,
    intercept(next: typeof look) {
      look = next
    },
    async [Symbol.asyncDispose]() {
      await claw.stop()
      await close()
    },
  })
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(Buffer.from(piece))
  const text = Buffer.concat(pieces).toString('utf8')
  return text ? JSON.parse(text) : {}
}

function askedOf(kind: string, query: URLSearchParams, body: Record<string, unknown>): Omit<PageAsked, 'request'> {
  const variables = Object(body.variables)
  const [, place, of] = /^(\d+)-(\d+)$/.exec(String(body.cursor ?? kind.replace('own_path/', ''))) ?? []
  if (place) return { from: Number(place), size: Number(of) }
  const size = Number(query.get('size') ?? body.size ?? variables.size ?? 3)
  const after = query.get('after') ?? Object(body.page).after ?? variables.after
  if (kind === 'number' || kind === 'short') return { from: (Number(query.get('page') ?? 1) - 1) * size, size }
  if (kind === 'offset') return { from: Number(query.get('offset') ?? 0), size }
  if (kind.endsWith('link')) return { from: Number(query.get('$skip') ?? query.get('at') ?? 0), size }
  return { from: after ? Number(String(after).replace('after ', '')) : 0, size }
}

function pageOf(kind: string, { from, size }: PageAsked, total: number, record: (id: number) => object) {
  const end = Math.min(from + size, total)
  const items = Array.from({ length: Math.max(0, end - from) }, (_, index) => record(from + index))
  const more = end < total
  const url = `https://elsewhere.example/${kind}?size=${size}`
  const after = items.length ? `after ${end}` : null
  const place = `${end}-${size}`
  const rest = { place, ...(more && { url: `/own_path/${place}` }) }
  switch (kind) {
    case 'link':
      return { headers: more ? { link: `<${url}&at=${end}>; rel="next"` } : {}, body: items }
    case 'told_link':
      return { headers: { link: `<${url}&at=${end}>; rel="next"; results="${more}"` }, body: items }
    case 'body_link':
      return { body: { items, ...(more && { '@odata.nextLink': `${url}&$skip=${end}` }) } }
    case 'graphql':
      return { body: { data: { things: { nodes: items, pageInfo: { hasNextPage: more, endCursor: after } } } } }
    default:
      return { body: { items, meta: { after, more, total, pages: Math.ceil(total / size), ...rest } } }
  }
}
