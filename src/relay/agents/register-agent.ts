import { sql, type Transaction } from 'kysely'
import { isPlainText } from '../../accounts/plain-text.ts'
import type { App } from '../../app.ts'
import { Fault, type InvalidField } from '../../core/errors.ts'
import type { Schema } from '../../db/schema.ts'
import type { Box } from '../box.ts'
import { hurryUnassigned } from '../tasks/hurry-unassigned.ts'
import type { RelayAgent } from './agent.ts'
import { relayAgent } from './discover-agents.ts'

export type Registration = {
  /** What this device calls itself. The agent's own name is that of its keys. */
  name?: string | undefined
  capabilities?: string[] | undefined
  accepts?: string[] | undefined
  machine?: string | undefined
  description?: string | undefined
}

const listMax = 100
const wordLengthMax = 100
const lineLengthMax = 200
const descriptionLengthMax = 4_000
const devicesMax = 100

/**
 * Puts an agent on the list of those that can be found, from this device of it, or changes what it says of itself. What is
 * absent stays as it is. The machine is the device's too.
 */
export async function registerAgent(app: App, box: Box, said: Registration): Promise<RelayAgent | Fault> {
  const bad = badRegistration(box, said)
  if (bad) return bad
  await app.db.write(tx => store(app, tx, box, said))
  app.relay.presence.note(box)
  const agent = await relayAgent(app, box.workspaceId, box.agentId)
  if (!agent) return new Fault('conflict', 'The agent has left in the meantime.', { fix: 'Register again.' })
  await hurryUnassigned(app, box.workspaceId, agent.capabilities)
  return agent
}

async function store(app: App, tx: Transaction<Schema>, box: Box, said: Registration): Promise<void> {
  const now = app.relay.now()
  const changes = {
    ...(said.capabilities && { capabilities: JSON.stringify([...new Set(said.capabilities)]) }),
    ...(said.accepts && { accepts: JSON.stringify([...new Set(said.accepts)]) }),
    ...(said.machine !== undefined && { machine: said.machine }),
    ...(said.description !== undefined && { description: said.description }),
  }
  await tx
    .insertInto('relay_agents')
    .values({
      agent_id: box.agentId,
      workspace_id: box.workspaceId,
      capabilities: '[]',
      accepts: '[]',
      machine: '',
      description: '',
      registered_at: now,
      left_at: null,
      ...changes,
      seen_at: now,
    })
    .onConflict(on => on.column('agent_id').doUpdateSet({ ...changes, seen_at: now, left_at: null }))
    .execute()
  const devices = await tx
    .selectFrom('relay_devices')
    .select(['device', 'seen_at'])
    .where('agent_id', '=', box.agentId)
    .execute()
  if (devices.length >= devicesMax && !devices.some(({ device }) => device === box.device)) {
    const oldest = devices.toSorted((a, b) => a.seen_at - b.seen_at)[0]
    await tx
      .deleteFrom('relay_devices')
      .where('agent_id', '=', box.agentId)
      .where('device', '=', oldest?.device ?? '')
      .execute()
  }
  const own = {
    ...(said.name !== undefined && { name: said.name }),
    ...(said.machine !== undefined && { machine: said.machine }),
  }
  await tx
    .insertInto('relay_devices')
    .values({
      agent_id: box.agentId,
      device: box.device,
      workspace_id: box.workspaceId,
      name: '',
      machine: '',
      registered_at: now,
      left_at: null,
      ...own,
      seen_at: now,
    })
    .onConflict(on =>
      on.columns(['agent_id', 'device']).doUpdateSet(({ ref }) => ({
        ...own,
        seen_at: now,
        // Whoever comes back is a new one: of the same name somebody else may have come meanwhile.
        registered_at: sql<number>`case when ${ref('relay_devices.left_at')} is null
          then ${ref('relay_devices.registered_at')} else ${now} end`,
        left_at: null,
      })),
    )
    .execute()
}

function badRegistration(box: Box, said: Registration): Fault | undefined {
  const line = (text: string | undefined, lengthMax: number) => !text || isPlainText(text, lengthMax)
  const words = (list: string[] | undefined) =>
    !list || (list.length <= listMax && list.every(word => isPlainText(word, wordLengthMax)))
  const invalidFields: InvalidField[] = []
  const check = (field: string, isRight: boolean, problem: string) => {
    if (!isRight) invalidFields.push({ field, problem })
  }
  const wordsProblem = `must be up to ${listMax} printable words of 1 to ${wordLengthMax} characters`
  check('device', isPlainText(box.device, 80), 'must be 1 to 80 printable characters')
  check('name', line(said.name, lineLengthMax), `must be up to ${lineLengthMax} printable characters`)
  check('machine', line(said.machine, lineLengthMax), `must be up to ${lineLengthMax} printable characters`)
  check(
    'description',
    (said.description ?? '').length <= descriptionLengthMax && !said.description?.includes('\0'),
    `must be up to ${descriptionLengthMax} characters, and none of them NUL`,
  )
  check('capabilities', words(said.capabilities), wordsProblem)
  check('accepts', words(said.accepts), wordsProblem)
  if (!invalidFields.length) return undefined
  const named = invalidFields.map(({ field, problem }) => `${field} ${problem}`).join('; ')
  return new Fault('validation_error', `Not valid: ${named}.`, { invalidFields })
}
