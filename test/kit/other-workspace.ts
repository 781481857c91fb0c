import { createKey } from '../../src/accounts/create-key.ts'
import { addConnection } from '../../src/connections/add-connection.ts'
import { Fault } from '../../src/core/errors.ts'
import { newId } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import type { TestClawLink } from './clawlink.ts'

export type OtherWorkspace = { workspaceId: string; key: string; connectionId: string; label: string }

/** A second workspace in the same database, with a live key and the sandbox's second account connected. */
export async function otherWorkspace({ app, clock, sandbox }: TestClawLink): Promise<OtherWorkspace> {
  const workspaceId = newId('ws', clock.now())
  await app.db.write(tx =>
    tx.insertInto('workspaces').values({ id: workspaceId, name: 'Other', created_at: clock.now() }).execute(),
  )
  const made = await createKey(app.db, clock.now(), {
    workspaceId,
    agent: 'stranger',
    environment: 'live',
    scope: { manageConnections: true },
  })
  const connection = await addConnection(app, workspaceId, {
    provider: 'sandbox',
    secret: new Secret(sandbox.accounts[1].apiKey),
    environment: 'live',
    label: 'theirs',
  })
  if (made instanceof Fault || connection instanceof Fault) throw new Error('the other workspace could not be made')
  sandbox.takeRequests()
  return { workspaceId, key: made.key.reveal(), connectionId: connection.id, label: connection.label }
}
