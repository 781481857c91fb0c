import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { admitted, knownKey } from './authenticate.ts'
import type { AgentPrincipal } from './principal.ts'

/** Whether the key with which somebody has asked still holds, for what goes on for long. Whoever sits at the command line has none. */
export async function keyLasts({ db, clock }: App, { keyId }: AgentPrincipal): Promise<boolean> {
  if (keyId === '') return true
  const row = await db.read.selectFrom('keys').selectAll().where('id', '=', keyId).executeTakeFirst()
  return row !== undefined && !(admitted(knownKey(row), clock.now()) instanceof Fault)
}
