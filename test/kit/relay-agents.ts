import { startClawLink, type TestClawLink } from './clawlink.ts'
import { type Agent, relayAgent } from './relay-agent.ts'

/** One whose mailboxes are small, and that gives up on a message soon. */
export const startSmallRelay = () =>
  startClawLink({ connected: false, config: { relayMailboxMax: 20, relayDeliveriesMax: 3 } })

/** New agents for tests that share one ClawLink. */
export function relayAgents(claw: () => TestClawLink) {
  let count = 0
  const newAgent = (name: string) => relayAgent(claw(), `${name}-${++count}`)
  const pair = async (): Promise<[Agent, Agent]> => [await newAgent('ann'), await newAgent('bob')]
  return {
    newAgent,
    pair,
    trio: async (): Promise<[Agent, Agent, Agent]> => [...(await pair()), await newAgent('mallory')],
    /** This word, as no other test has it that made agents. */
    own: (word: string) => `${word}-${count}`,
    /** How many messages wait in a mailbox. */
    async waiting({ id }: Agent): Promise<number> {
      const rows = await claw()
        .app.db.read.selectFrom('relay_messages')
        .select('id')
        .where('mailbox', '=', id)
        .where('state', '=', 'waiting')
        .execute()
      return rows.length
    },
  }
}
