import type { Environment } from '../accounts/principal.ts'
import type { Scope } from '../accounts/scope.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { ConnectionRow } from '../db/schema.ts'

/** The workspace's connections to a provider. Remembered for a second; a change in this process is seen at once. */
export function connectionsOf(
  app: App,
  workspaceId: string,
  provider: string,
): ConnectionRow[] | Promise<ConnectionRow[]> {
  const key = `${workspaceId} ${provider}`
  const now = app.clock.now()
  const known = app.memory.connections.get(key, now)
  if (known) return known
  const rows = app.queries.connections.ofProvider(workspaceId, provider)
  const remember = (found: ConnectionRow[]) => app.memory.connections.set(key, found, now)
  return rows instanceof Promise ? rows.then(remember) : remember(rows)
}

/** An agent that has to choose among more lists the connections. */
const choicesMax = 20

/**
 * The account that a call goes to: the named connection, else the default, else the only one. Pure. Of several without a
 * default none is taken: acting on the wrong account is worse than asking. Of all that the scope leaves, and no others.
 */
export function pickConnection(
  rows: readonly ConnectionRow[],
  {
    provider,
    requested,
    principal,
    link,
  }: {
    provider: string
    requested: string | undefined
    principal: { environment: Environment; scope?: Scope }
    /** Where a person can connect one. */
    link?: () => string
  },
): ConnectionRow | Fault {
  const { environment, scope } = principal
  const there = rows.filter(row => row.environment === environment)
  const usable = scope?.connections ? there.filter(({ id }) => scope.connections?.includes(id)) : there
  const choices = () => usable.slice(0, choicesMax).map(row => `${row.id} (${row.label}, ${row.account_label})`)
  if (requested !== undefined) {
    // A label may be the provider's own name for an account, which could look like the id of another connection.
    const named = usable.find(({ id }) => id === requested) ?? usable.find(({ label }) => label === requested)
    return (
      named ??
      new Fault('connection_not_found', `There is no ${environment} connection "${requested}" to ${provider}.`, {
        choices: choices(),
      })
    )
  }
  const chosen = usable.find(row => row.is_default === 1) ?? (usable.length === 1 ? usable[0] : undefined)
  if (chosen) return chosen
  if (usable.length > 1)
    return new Fault('ambiguous_connection', `There are ${usable.length} ${environment} connections to ${provider}.`, {
      choices: choices(),
    })
  if (there.length) return new Fault('forbidden', `This key may use no ${environment} connection to ${provider}.`)
  return new Fault('not_connected', `There is no ${environment} connection to ${provider}.`, {
    fix: `Ask the person to open the link, or to run \`clawlink connections add ${provider}${environment === 'test' ? ' --test' : ''}\`, then call again.`,
    ...(link && { link: link() }),
  })
}
