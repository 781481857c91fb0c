/** Why a message did not arrive, as its row has it: what ClawLink says, a line break, and sealed what its last receiver said. */
import type { App } from '../../app.ts'
import { type BodyPlace, openBody } from '../body.ts'
import type { MessageRow } from './message.ts'

/** Not that of the message's own text: neither opens as the other. */
export const problemPlace = ({ workspaceId, id }: BodyPlace): BodyPlace => ({ workspaceId, id: `${id}\nproblem` })

/** All of it, in clear. */
export async function readProblem(app: App, { workspace_id, id, problem }: MessageRow): Promise<string> {
  const [ours = '', sealed] = problem.split('\n')
  const theirs = sealed ? await openBody(app, problemPlace({ workspaceId: workspace_id, id }), sealed) : undefined
  return [ours, theirs].filter(said => typeof said === 'string' && said !== '').join(' ')
}
