import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { type DeliveryWithEvent, getDelivery } from './delivery.ts'
import { findEndpoint } from './endpoint.ts'
import { queueDelivery } from './queue-delivery.ts'
import { insertEvent } from './record-event.ts'

/** Sends `endpoint.test` to one endpoint, whatever types it wants, and to no other. It is tried once. */
export async function testEndpoint(app: App, workspaceId: string, id: string): Promise<DeliveryWithEvent | Fault> {
  const queued = await app.db.write(async tx => {
    const endpoint = await findEndpoint(tx, workspaceId, id)
    if (endpoint instanceof Fault) return endpoint
    if (endpoint.state === 'off') return turnedOff()
    const facts = { about: endpoint.about }
    const event = await insertEvent(tx, app, { workspaceId, type: 'endpoint.test', subject: endpoint.id, facts })
    return queueDelivery(tx, app, event, endpoint)
  })
  return queued instanceof Fault ? queued : getDelivery(app.db, workspaceId, queued.id)
}

export function turnedOff(): Fault {
  return new Fault('conflict', 'The endpoint is turned off.', { fix: 'Turn it on first.' })
}
