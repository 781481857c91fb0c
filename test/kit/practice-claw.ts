import type { ConnectionRow, CredentialRow } from '../../src/db/schema.ts'
import { type StartOptions, startClawLink, type TestClawLink } from './clawlink.ts'
import { addPractice, connectPractice, type PracticeConnection } from './practice.ts'
import { type RefreshProvider, type RefreshProviderOptions, startRefreshProvider } from './refresh-provider.ts'

export type PracticeClaw = TestClawLink & {
  provider: RefreshProvider
  connectPractice(connection?: Partial<PracticeConnection>): Promise<ConnectionRow>
  /** The stored rows of a connection. */
  stored(id: string): Promise<{ connection: ConnectionRow; credential: CredentialRow }>
  look(connection?: string): Promise<{ status: number; body: Record<string, unknown> }>
}

/** A ClawLink and the provider to practise renewing with. Its web server alone works unless `roles` says otherwise. */
export async function startPractice({
  provider: providerOptions = {},
  ...options
}: StartOptions & { provider?: Partial<RefreshProviderOptions> } = {}): Promise<PracticeClaw> {
  let now = () => 0
  const provider = await startRefreshProvider({ now: () => now(), ...providerOptions })
  const claw = await startClawLink({
    connected: false,
    ...options,
    config: { roles: ['web'], ...options.config },
    baseUrls: { practice: provider.url },
  })
  now = claw.clock.now
  const { app } = claw
  addPractice(app)
  const stop = async () => {
    await claw.stop()
    await provider[Symbol.asyncDispose]()
  }
  return {
    ...claw,
    provider,
    connectPractice: ({ parts = provider.signIn(), endsInMs = 3_600_000, ...rest } = {}) =>
      connectPractice(app, { parts, endsInMs, ...rest }),
    async stored(id) {
      const of = app.db.read
      return {
        connection: await of.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
        credential: await of
          .selectFrom('credentials')
          .selectAll()
          .where('connection_id', '=', id)
          .executeTakeFirstOrThrow(),
      }
    },
    look: connection => claw.call('practice_look', {}, connection === undefined ? {} : { connection }),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
