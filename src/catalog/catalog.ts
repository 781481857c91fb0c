import { type Effect, effectOfMethod } from '../core/effect.ts'
import { once } from '../core/once.ts'
import { type Connector, type Idempotency, type JsonSchema, type Page, type ToolRow, toolRows } from './define.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { createSearch, type Search } from './search.ts'
import { parseTemplate, pathInputs, type Template, urlInputs } from './template.ts'

/** One connector in use, under the name that tools and connections refer to it by. */
export type Provider = {
  slug: string
  connector: Connector
  /** May hold `{names}` that each connection fills in. */
  base: string
  /** Whether the headers of its requests do. */
  fillsHeaders: boolean
  /** In the order of their definition; made when first asked for. */
  readonly tools: readonly Tool[]
}

/** One tool, ready to be called: the row with everything that can be known before a call. */
export type Tool = {
  /** `github_list_issues`: unique, at most 48 characters of `[a-z0-9_]`. */
  name: string
  provider: Provider
  row: ToolRow
  /** Where its requests go; may hold `{names}`. */
  base: string
  effect: Effect
  idempotency: Idempotency
  template: Template
  /** How its answers are paged, if they are. */
  page: Page | undefined
  /** Inputs that the URL takes. */
  inUrl: ReadonlySet<string>
  /** How its request for the pages after the first is another one, where it is. */
  rest: Pick<Tool, 'template' | 'inUrl'> | undefined
  /** The schema is made when first asked for: a catalogue of thousands must start at once. */
  inputSchema: () => JsonSchema
  /** Of what it gives, where its row says. Made when first asked for, too. */
  outputSchema: () => JsonSchema | undefined
  /** The provider's API version that it is written for. */
  version: string | undefined
}

export type Catalog = {
  providers: ReadonlyMap<string, Provider>
  tools: Tools
  search: Search
}

/** Every tool by its name. Asking for one makes the tools of its provider alone; all are made to list them. */
export type Tools = {
  get(name: string): Tool | undefined
  has(name: string): boolean
  keys(): string[]
  values(): Tool[]
}

/**
 * Everything that can be called. `baseUrls` overrides where a provider lives, such as a server of the user's own.
 * Making tools throws on a mistake in their connector: the tests make them all.
 */
export function buildCatalog(connectors: Record<string, Connector>, baseUrls: Record<string, string> = {}): Catalog {
  const providers = new Map<string, Provider>()
  for (const [slug, connector] of Object.entries(connectors))
    providers.set(slug, buildProvider(slug, connector, baseUrls))
  const tools = toolsOf(providers)
  return { providers, tools, search: createSearch(tools.values) }
}

function buildProvider(slug: string, connector: Connector, baseUrls: Record<string, string>): Provider {
  const made = once(() => Object.entries(toolRows(connector)).map(([key, row]) => buildTool(provider, key, row)))
  const provider: Provider = {
    slug,
    connector,
    base: baseUrls[slug] ?? connector.api.base,
    fillsHeaders: Object.values(connector.api.headers ?? {}).some(value => value.includes('{')),
    get tools() {
      return made()
    },
  }
  return provider
}

function toolsOf(providers: ReadonlyMap<string, Provider>): Tools {
  const known = new Map<string, Tool>()
  const learn = (provider: Provider) => {
    for (const tool of provider.tools) known.set(tool.name, tool)
  }
  const all = () => [...providers.values()].flatMap(provider => provider.tools)
  const find = (name: string) => {
    const found = known.get(name)
    if (found) return found
    // A slug may hold underscores, as the keys of its tools may.
    for (let at = name.indexOf('_'); at > 0; at = name.indexOf('_', at + 1)) {
      const provider = providers.get(name.slice(0, at))
      if (provider) learn(provider)
    }
    return known.get(name)
  }
  return { get: find, has: name => find(name) !== undefined, keys: () => all().map(({ name }) => name), values: all }
}

function buildTool(provider: Provider, key: string, row: ToolRow): Tool {
  const name = `${provider.slug}_${key}`
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(name))
    throw new Error(`tool name "${name}" is not 1 to 48 characters of [a-z0-9_]`)
  const template = parseTemplate(row.request)
  const { output } = row
  const effect = row.effect ?? effectOfMethod(template.method)
  return {
    name,
    provider,
    row,
    base: row.base === undefined ? provider.base : ownBase(provider, row.base),
    effect,
    idempotency: row.idempotency ?? defaultIdempotency(template.method, effect),
    template,
    page: row.page,
    inUrl: urlInputs(template),
    rest: row.page?.kind === 'cursor' && row.page.request ? restOf(row.page.request) : undefined,
    inputSchema: once(() => requirePathInputs(jsonSchemaOf(row.input), template)),
    outputSchema: row.download ? () => broughtFile : output ? once(() => jsonSchemaOf(output)) : () => undefined,
    version: row.version ?? provider.connector.api.version,
  }
}

function restOf(request: string): Pick<Tool, 'template' | 'inUrl'> {
  const template = parseTemplate(request)
  return { template, inUrl: urlInputs(template) }
}

/** What every tool gives that brings a file: its handle, and what is known of it. */
const broughtFile: JsonSchema = {
  type: 'object',
  properties: {
    file: { type: 'string', description: 'Handle of the stored file' },
    name: { type: 'string' },
    mediaType: { type: 'string' },
    bytes: { type: 'integer' },
    sha256: { type: 'string' },
    expiresAt: { type: 'string' },
  },
  required: ['file', 'name', 'mediaType', 'bytes', 'sha256', 'expiresAt'],
}

/** Where the settings have moved the provider, this tool moves along. */
function ownBase({ base, connector }: Provider, own: string): string {
  return base === connector.api.base ? own : own.replace(/^https?:\/\/[^/]*/, new URL(base).origin)
}

/** RFC 9110, 9.2.2: GET, HEAD, PUT and DELETE are idempotent; POST and PATCH are not, unless the row knows better. */
function defaultIdempotency(method: string, effect: Effect): Idempotency {
  return effect === 'read' || method === 'PUT' || method === 'DELETE' ? 'natural' : 'none'
}

/** A missing path input would become a wrong URL, whatever the row's author wrote. */
function requirePathInputs(schema: JsonSchema, template: Template): JsonSchema {
  const listed = Array.isArray(schema.required) ? schema.required : []
  const required = [...new Set([...listed, ...pathInputs(template)])]
  return required.length ? { ...schema, required } : schema
}
