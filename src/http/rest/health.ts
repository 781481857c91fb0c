import * as z from 'zod'
import { version } from '../../core/version.ts'
import { route } from './route.ts'

export const healthRoute = route({
  method: 'get',
  path: '/health',
  summary: 'Whether this process can serve calls.',
  tag: 'system',
  may: 'open',
  answer: z.object({
    status: z.literal('ok'),
    version: z.string(),
    openBreakers: z.number().describe('Accounts to which calls are paused, since their provider is failing.'),
  }),
  async run({ app }) {
    await app.db.read.selectFrom('settings').select('name').limit(1).execute()
    const now = app.clock.now()
    await app.breakers.look(now)
    return { status: 'ok' as const, version, openBreakers: app.breakers.all(now).length }
  },
})
