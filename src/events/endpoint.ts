import type { Kysely } from 'kysely'
import type { Config } from '../core/config.ts'
import { Fault, type InvalidField } from '../core/errors.ts'
import type { EndpointRow, Schema } from '../db/schema.ts'
import { isAllowedHost, isPublicAddress, literalAddress } from '../net/address-policy.ts'

/** An endpoint as people see it: never its secret. */
export type EndpointView = {
  id: string
  url: string
  /** Types of events, or `*` for all. */
  types: string[]
  about: string
  state: 'on' | 'off'
  /** Since when no delivery has reached it; null when the last one did. */
  failingSince: string | null
  createdAt: string
}

export function viewOfEndpoint(row: EndpointRow): EndpointView {
  return {
    id: row.id,
    url: row.url,
    types: typesOf(row),
    about: row.about,
    state: row.state,
    failingSince: row.failing_since === null ? null : new Date(row.failing_since).toISOString(),
    createdAt: new Date(row.created_at).toISOString(),
  }
}

const typesOf = ({ types }: Pick<EndpointRow, 'types'>): string[] => JSON.parse(types) // written by add and change alone

/** Whether an endpoint wants events of this type. A test goes to the one endpoint that is tested, whatever it wants. */
export function wantsType(endpoint: Pick<EndpointRow, 'types'>, type: string): boolean {
  const types = typesOf(endpoint)
  return types.includes('*') || types.includes(type)
}

/** One endpoint of this workspace. */
export async function findEndpoint(db: Kysely<Schema>, workspaceId: string, id: string): Promise<EndpointRow | Fault> {
  const row = await db
    .selectFrom('endpoints')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  return (
    row ?? new Fault('not_found', 'There is no such endpoint.', { fix: 'List the endpoints and use one of their ids.' })
  )
}

type Reach = Pick<Config, 'outboundAllow' | 'baseUrls'>

/**
 * Why nothing is delivered to this URL, to be read after a name of it, or undefined. What a name resolves to shows only when
 * it is sent to, and is checked there. An inner host that a provider was put at is allowed for that provider alone. Pure.
 */
export function urlProblem({ outboundAllow, baseUrls }: Reach, text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return 'must be a URL that starts with https://'
  if (url.username || url.password) return 'must hold no user and password: what comes is signed'
  if (url.hash) return 'must end before the #'
  if (isAllowedHost(url, outboundAllow)) return undefined
  if (url.protocol !== 'https:') return 'must start with https://, or with a host in CLAWLINK_OUTBOUND_ALLOW'
  const literal = literalAddress(url)
  const inside = Object.values(baseUrls).some(base => URL.parse(base)?.hostname === url.hostname)
  if (inside || (literal && !isPublicAddress(literal)))
    return 'must not lead to a private or local address, unless an owner allows it (CLAWLINK_OUTBOUND_ALLOW)'
  return undefined
}

/** The URL as it is stored and sent to, or what is wrong with it. */
export function checkUrl(reach: Reach, text: string): string | Fault {
  const problem = urlProblem(reach, text)
  return problem === undefined ? new URL(text).href : invalid({ field: 'url', problem })
}

function invalid(field: InvalidField): Fault {
  return new Fault('validation_error', `The ${field.field} ${field.problem}.`, { invalidFields: [field] })
}

/** What the audit record holds of an endpoint. Its URL may be a secret of the receiver, so it holds the host alone. */
export const auditFacts = ({ url, types, about, state }: Pick<EndpointRow, 'url' | 'types' | 'about' | 'state'>) => ({
  host: new URL(url).host,
  types: typesOf({ types }).join(' '),
  about,
  state,
})
