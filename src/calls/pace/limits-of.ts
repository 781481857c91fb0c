import type { Tool } from '../../catalog/catalog.ts'
import type { Limit } from '../../catalog/define.ts'
import { perObject } from '../../core/per-object.ts'
import type { ConnectionRow } from '../../db/schema.ts'
import { accountOf } from '../account-key.ts'
import type { Limits } from './share.ts'

/** A limit as it holds for one connection. */
export type Spec = Limits & { id: string; name: string | undefined }

/** What its connector calls a tool. */
export const ownName = ({ name, provider }: Tool) => name.slice(provider.slug.length + 1)

/** The connector's limits that count calls of this tool. */
export const limitsOf = perObject((tool: Tool): readonly Limit[] => {
  const own = ownName(tool)
  const all = tool.provider.connector.api.limits ?? []
  return all.filter(({ tools, not }) => (tools ? tools.includes(own) : true) && !not?.includes(own))
})

/**
 * Which limit of whom: its id is the same in every process. Undefined where the limit is an OAuth app's and the connection
 * was made without one. The app that comes with ClawLink is one for all workspaces.
 */
export function specOf(limit: Limit, tool: Tool, connection: ConnectionRow): Spec | undefined {
  const { of = 'account', requests, windowS, each, name } = limit
  const whose = of === 'account' ? accountOf(tool, connection) : appOf(tool, connection)
  if (whose === undefined) return undefined
  // Not the number: two versions of ClawLink that know different ones must not reckon apart.
  const which = each ? tool.name : (name ?? limit.tools?.join() ?? 'all')
  return { id: `${of} ${windowS}s ${which} ${whose}`, requests, windowMs: windowS * 1000, name }
}

function appOf({ provider }: Tool, { auth, oauth_app_id }: ConnectionRow): string | undefined {
  if (oauth_app_id) return `${provider.slug} ${oauth_app_id}`
  const way = provider.connector.auth.find(({ id }) => id === auth)
  return way?.kind === 'oauth2' || way?.kind === 'oauth2_device' ? provider.slug : undefined
}
