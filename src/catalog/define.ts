/**
 * The connector shape. A connector is one typed constant in one file; a tool is a row of it, not a program.
 * Everything else (request, preview, hints, search, docs) derives from these facts.
 */
import * as z from 'zod'
import type { Effect } from '../core/effect.ts'
import type { ErrorCode } from '../core/errors.ts'
import { perObject } from '../core/per-object.ts'
import type { Auth, Fields } from './auth.ts'

/**
 * Whether repeating a request is harmless once it may have reached the provider.
 * `natural`: the same request twice leaves the same state. `header`: the provider honours an idempotency key in this
 * header; ClawLink fills it. `none`: each request acts anew.
 */
export type Idempotency = 'natural' | 'none' | { header: string }

/** Maps a provider's own way of failing to our codes; the first rule that matches wins over the built-in status rules. */
export type ErrorRule = {
  status?: number
  /** A header that must have this value. */
  header?: [name: string, value: string]
  /**
   * A path into the JSON body that must have this value, match this pattern, or, with `true`, not be empty. `[]` is the whole
   * of an answer in plain text.
   */
  body?: [path: Path, value: string | number | boolean | RegExp]
  code: ErrorCode
  /** A failure inside the provider, which says nothing about whether the request was carried out. Any other rule says: not. */
  unsure?: true
  /** How long to wait when the answer itself does not say. */
  waitMs?: number
  /** Dotted path to the provider's own message. */
  message?: string
}

/**
 * Where the provider says when to come back. `unit`: epoch seconds, or seconds from now. `when`: only beside a header of
 * this value, for providers that name the end of the window on every answer.
 */
export type RetryHint = { header: string; unit: 'epoch_s' | 'delta_s'; when?: [header: string, value: string] }

/** Names joined by dots (`paging.next`), or in a list where a name itself holds dots: `['@odata.nextLink']`. */
export type Path = string | readonly string[]

/** How many records come at once: what the caller asks for in `param`, or what comes unless they ask. */
export type PageSize = { param?: string; default: number }

/**
 * How to get the next page.
 * `link`: RFC 8288 `Link: <…>; rel="next"`, where `only` is a parameter that the link must have to lead anywhere.
 * `body_link`: a whole URL in the body. Of either link only query parameters are taken over, and of those none that
 * the tool or its caller says.
 * `cursor`: a value of the body, sent back as `param` in the query, or at that dotted path of a JSON body. With `more`,
 * only while the value there is not false: some providers give a cursor on the last page too. With `request`, the rest is
 * asked for by that request, which takes `param` and nothing else: in its path the last segment of the value, which may be
 * a whole URL, or in its JSON body.
 * `number`: pages are counted from `first`; `pages` is where the body says how many there are.
 * `offset`: records are counted from 0; `total` is where the body says how many there are.
 * Where neither says how many there are, an empty page is the last one, and one that is shorter than `size`.
 */
export type Page =
  | { kind: 'link'; only?: readonly [parameter: string, value: string] }
  | { kind: 'body_link'; next: Path }
  | { kind: 'cursor'; place: 'query' | 'body' | 'path'; param: string; next: Path; more?: Path; request?: string }
  | { kind: 'number'; param: string; first: number; pages?: Path; size?: PageSize }
  | { kind: 'offset'; param: string; total?: Path; size?: PageSize }

export type JsonSchema = { [key: string]: unknown }

/** A rate limit as the provider states it: no more than `requests` in any `windowS` seconds. */
export type Limit = {
  /** What the provider calls it: `hears` refers to it by that. */
  name?: string
  /** Who shares it: one account, or all that are connected through the same OAuth app. An account unless told. */
  of?: 'account' | 'app'
  requests: number
  windowS: number
  /** Own names of the tools that it counts; all of them unless told. */
  tools?: readonly string[]
  /** Own names of tools that it does not count, where it counts the others. */
  not?: readonly string[]
  /** Each tool has one of its own. */
  each?: true
}

/** How a header tells a time: the moment as seconds or milliseconds since 1970 or as a date, or how long from now, also as `6m0s`. */
export type ResetUnit = 'epoch_s' | 'epoch_ms' | 'date' | 'delta_s' | 'delta_ms' | 'duration'

/**
 * Where the provider's answers say how much of a limit is left. `limit`: which of `limits` it is about. What is about none
 * of them is about `tools`, or else about everything that one account asks for; with `each`, about one tool alone. The IETF's `RateLimit` fields are
 * understood of every provider, and need no facts.
 * `plain`: headers that hold numbers. `named`: the header that names the limit. `interval`: the header that says how long
 * its window is, in milliseconds.
 * `ratio`: one header, `32/40`, of a bucket that leaks `perS` a second.
 * `cost`: a GraphQL answer with what the query cost at `cost`, and at `throttle` an object with `currentlyAvailable`,
 * `maximumAvailable` and `restoreRate` a second.
 */
export type LimitHeaders = { limit?: string; tools?: readonly string[]; each?: true } & (
  | {
      kind: 'plain'
      left: string
      reset?: string
      unit?: ResetUnit
      max?: string
      interval?: string
      named?: string
    }
  | { kind: 'ratio'; header: string; perS: number }
  | { kind: 'cost'; throttle: Path; cost: Path }
)

/** When calls to an account stop because its provider is down, and for how long, in seconds. */
export type BreakerFacts = { failures?: number; openS?: number }

/**
 * A tool whose answer only says that the provider has begun. The call goes on until the provider is done; its answer is
 * then the last answer of the tool that asks.
 */
export type ProviderJob = {
  /** Own name of the tool that asks how far it is: a read. */
  poll: string
  /** Its arguments, each a path into the answer to the submission, or an input of the submission itself. */
  args: Record<string, Path | { input: string }>
  /** Where its answer says how far it is, and which values end it. Every other value means that it goes on. */
  state: Path
  done: readonly (string | number | boolean)[]
  failed?: readonly (string | number | boolean)[]
  /** Where its answer says why it failed. */
  message?: Path
  /** Where its answer says how much is done, from 0 to 100. */
  percent?: Path
  /** How often to ask, in seconds. */
  everyS?: number
  /** After how many seconds nobody waits any longer. */
  withinS?: number
  /** Dotted path in the body of the submission for a URL that the provider calls when it is done. */
  callback?: string
}

/**
 * How a tool sends the file that its input `file` names, an input made by `file()`.
 * `raw`: the body is the content; `mediaType` where the provider takes no other than that one.
 * `multipart`: multipart/form-data (RFC 7578) with the file as `part`, which is named as the input unless told; the other
 * inputs that the URL does not take are fields of it, or, with `json`, one field of that name with all of them as JSON.
 * `resumable`: the request starts an upload, with the other inputs as its JSON, and its answer says at which URL (`session`).
 * The content goes there by PUT in chunks of `chunkBytes`, each with its `Content-Range`, and after a broken one the provider
 * is asked how far it is. `range`: it answers 308 with `Range`, asked by an empty PUT of `bytes` + `*` + `/total`;
 * `expected_ranges`: 202 with `nextExpectedRanges`, asked by GET. `told`: headers of the start that say what will come.
 */
export type Upload = {
  file: string
  /** The largest file that the provider takes here. */
  bytesMax?: number
} & (
  | { kind: 'raw'; mediaType?: string }
  | { kind: 'multipart'; part?: string; json?: string }
  | {
      kind: 'resumable'
      session: { header: string } | { body: Path }
      progress: 'range' | 'expected_ranges'
      chunkBytes: number
      told?: { mediaType?: string; bytes?: string }
    }
)

export type ToolRow = {
  /** What it does, in the words that an agent would search for. */
  about: string
  input: z.ZodType | JsonSchema
  /** `METHOD /path/{input}{?query,inputs}`. `{+path}` keeps its slashes. Inputs not named here become the JSON body. */
  request: string
  /** A GraphQL document; every input becomes a variable of it. */
  graphql?: string
  effect?: Effect
  idempotency?: Idempotency
  page?: Page
  /** Dotted path of the part of the answer to give: of a tool with pages, its list. */
  pick?: string
  /** The provider leaves that list out where it is empty. */
  emptyIsLeftOut?: true
  /** Of a tool with pages that gives more than the list, such as how many there are: dotted path of the list in what it gives. */
  list?: string
  /**
   * The shape of what it gives, after `pick` and the fields that are left out. An answer of another shape is not given, so
   * it says only what the provider promises, by `z.object`: further fields are never wrong.
   */
  output?: z.ZodType | JsonSchema
  /** The provider's API version that this tool is written for, where it is not the connector's. */
  version?: string
  job?: ProviderJob
  upload?: Upload
  /**
   * What comes is a file of any type: it is stored, and its handle is given. `name`: the input that names it, by its last
   * part after a slash, where the provider does not.
   */
  download?: { name: string }
  /** Where this tool's requests go, where that is not `api.base`. With another base in the settings, only its path counts. */
  base?: string
  /** Headers of its requests beside those of the connector, in lower case. */
  headers?: Record<string, string>
  /** Header that takes, as JSON, the inputs that the URL does not: the body is for the file alone. */
  argsHeader?: string
  scopes?: string[]
}

export type Connector = {
  name: string
  about: string
  /** A word of its own for the people who look for it, such as "mail" or "payments". */
  category?: string
  /** The ways to connect, in the order in which they are offered: what needs the least set-up comes first. */
  auth: readonly [Auth, ...Auth[]]
  /** What every way asks for first, such as the subdomain of the person's own site. Never secret. */
  inputs?: Fields
  /**
   * Hosts that a URL which begins with a `{name}` may lead to: `*.salesforce.com`. Without them such a URL may lead to any
   * public host, as it must where people run the provider themselves.
   */
  hosts?: readonly string[]
  /**
   * A cheap request that proves a credential and names its account; `id` and `label` are dotted paths into its answer.
   * an `id` in braces is a value that the connection knows. Without one the provider names no account. `keep`: further
   * values to remember with the connection.
   */
  account: {
    request: string
    base?: string
    body?: unknown
    id?: string
    label?: string
    keep?: Record<string, string>
  }
  api: {
    /** May hold `{names}`, as may the values of `headers`: see auth.ts. */
    base: string
    /** The provider's API version that the tools are written for. */
    version?: string
    headers?: Record<string, string>
    /** The header in which each answer names the version that answered, in lower case. */
    versionHeader?: string
    /** A header that is only there when what was called is going away, beside `Deprecation` and `Sunset`; in lower case. */
    deprecatedHeader?: string
    /** How bodies are written. `form`: nested names in brackets, `a[b][0]=c`. JSON unless told. */
    body?: 'json' | 'form'
    errors?: ErrorRule[]
    retry?: RetryHint[]
    limits?: Limit[]
    hears?: LimitHeaders[]
    breaker?: BreakerFacts
    /** Dotted paths where the provider puts its own error message. */
    message?: string[]
    /** Names of fields that are left out of answers at any depth: links and the like that only cost an agent tokens. */
    omit?: RegExp
  }
  /** Which tool supplies an input that an agent may not know: `{ issue_number: 'list_issues' }`. */
  sources?: Record<string, string>
  /** Best as a function: a tool's schema is made when its provider is first used, not when ClawLink starts. */
  tools: Record<string, ToolRow> | (() => Record<string, ToolRow>)
}

/** The connector's tools by their own names. */
export const toolRows = perObject(
  ({ tools }: Connector): Record<string, ToolRow> => (typeof tools === 'function' ? tools() : tools),
)

export const connector = (definition: Connector): Connector => definition

export type * from './auth.ts'
export {
  apiKey,
  basic,
  clientCertificate,
  clientCredentials,
  headers,
  jwtBearer,
  none,
  oauth1,
  oauth2,
  oauth2Device,
} from './auth.ts'

/** A `Link` header. `only`: `['results', 'true']` where a link is there on the last page too, and says that it leads nowhere. */
export const link = (only?: readonly [parameter: string, value: string]): Page => ({
  kind: 'link',
  ...(only && { only }),
})
export const bodyLink = (next: Path): Page => ({ kind: 'body_link', next })
export const cursor = (param: string, next: Path, options: { more?: Path } = {}): Page => ({
  kind: 'cursor',
  place: 'query',
  param,
  next,
  ...options,
})
/** A cursor that goes into the JSON body, at a dotted path: `page.cursor`. */
export const bodyCursor = (param: string, next: Path, options: { more?: Path } = {}): Page => ({
  kind: 'cursor',
  place: 'body',
  param,
  next,
  ...options,
})
/** The rest by a request of its own, which takes the cursor alone: `GET /query/{locator}`, or `cursor` in its JSON body. */
export const cursorAt = (request: string, next: Path, options: { more?: Path } = {}): Page => {
  const [, segment] = /\{(\w+)\}/.exec(request) ?? []
  return { kind: 'cursor', place: segment ? 'path' : 'body', param: segment ?? 'cursor', next, request, ...options }
}
/** The GraphQL connection at this dotted path of the answer, gone on with by the variable `after` (GraphQL Cursor Connections). */
export const graphqlPages = (path: string, variable = 'after'): Page =>
  bodyCursor(`variables.${variable}`, `${path}.pageInfo.endCursor`, { more: `${path}.pageInfo.hasNextPage` })
export const pageNumber = (param: string, facts: { first?: number; pages?: Path; size?: PageSize } = {}): Page => ({
  kind: 'number',
  param,
  first: 1,
  ...facts,
})
export const offset = (param: string, facts: { total?: Path; size?: PageSize } = {}): Page => ({
  kind: 'offset',
  param,
  ...facts,
})

/** An input that takes the handle of a file. `about` says what is special about it. */
export const file = (about = '') =>
  z
    .string()
    .regex(/^file_[0-9a-f]{32}$/)
    .describe(`Handle of a file: upload it first (POST /api/v1/files)${about && `. ${about}`}`)
    .meta({ examples: ['file_00000000000000000000000000000000'] })

/** The input names of a request template, so that the compiler refuses a name that is not declared. */
type Names<R extends string> = R extends `${string}{${infer Group}}${infer Rest}` ? Listed<Group> | Names<Rest> : never
type Listed<G extends string> = G extends `?${infer N}` ? Split<N> : G extends `+${infer N}` ? Split<N> : Split<G>
type Split<N extends string> = N extends `${infer A},${infer B}` ? A | Split<B> : N
type Declared<R extends string, I, Missing = Exclude<Names<R>, keyof I>> = [Missing] extends [never]
  ? unknown
  : { 'the request names an input that is not declared': Missing }

/** One row. `input` is the shape of the arguments; names that it does not declare are refused. */
export function tool<S extends z.ZodRawShape, const R extends string>(
  row: Omit<ToolRow, 'input' | 'request'> & { input: S; request: R } & Declared<R, S>,
): ToolRow {
  return { ...row, input: z.strictObject(row.input) }
}
