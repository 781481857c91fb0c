import * as z from 'zod'
import { version } from '../../core/version.ts'
import { route } from './route.ts'

export const healthRoute = route({
  method: 'get',
  path: '/health',
  summary: 'Whether this process can serve calls.',
  tag: 'system',
  may: 'open',
  answer: z.object({ status: z.literal('ok'), version: z.string() }),
  async run({ app }) {
    await app.db.read.selectFrom('settings').select('name').limit(1).execute()
    return { status: 'ok' as const, version }
  },
})
