import { everythingOf, writtenForms } from '../../kit/scan.ts'
import type { World } from './world.ts'

/** Every table that grows with calls, but for the audit record, whose rows hold each other. */
const growing = [
  'file_chunks',
  'files',
  'idempotency_keys',
  'approvals',
  'calls',
  'usage',
  'deliveries',
  'events',
  'tool_notices',
] as const

/** Where a secret stands that stands nowhere: `planted` is in what was asked for. Looks through all that is stored and logged. */
export async function secretProblems(world: World, planted: string): Promise<string[]> {
  const { claw, keys } = world
  const forms = [planted, claw.sandbox.apiKey, ...keys].flatMap(writtenForms)
  const found = await everythingOf(claw)
  found.set('the log of the processes', world.takeLog())
  return [...found].flatMap(([place, text]) => (forms.some(form => text.includes(form)) ? `a secret in ${place}` : []))
}

/** What was looked through need not be looked through again. */
export async function forget({ claw, parts }: World): Promise<void> {
  claw.sandbox.reset()
  await parts.db.write(async tx => {
    for (const table of growing) await tx.deleteFrom(table).execute()
    await tx.deleteFrom('jobs').where('kind', '=', 'expire_approval').execute()
    await tx.deleteFrom('seals').where('id', '>', 'call_').where('id', '<', 'call`').execute()
  })
}
