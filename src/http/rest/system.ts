import * as z from 'zod'
import { scopeSchema } from '../../accounts/scope.ts'
import { whoami } from '../../accounts/whoami.ts'
import { version } from '../../core/version.ts'
import { route } from './route.ts'
import { environment, role } from './schemas.ts'

export const systemRoutes = [
  route({
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
  }),
  route({
    method: 'get',
    path: '/whoami',
    summary: 'Who is asking, and where it acts.',
    tag: 'system',
    may: 'workspace.read',
    answer: z.object({
      workspace: z.object({ id: z.string(), name: z.string() }),
      agent: z.object({ id: z.string(), name: z.string() }).optional(),
      member: z.object({ id: z.string(), name: z.string(), role }).optional(),
      scope: scopeSchema.optional(),
      environment,
      version: z.string(),
    }),
    run: ({ app, principal }) => whoami(app.db, principal),
  }),
  route({
    method: 'get',
    path: '/providers',
    summary: 'The providers that can be connected.',
    tag: 'tools',
    may: 'tools.read',
    answer: z.object({
      items: z.array(z.object({ slug: z.string(), name: z.string(), about: z.string(), tools: z.number() })),
    }),
    run({ app }) {
      const items = [...app.catalog.providers.values()].map(({ slug, connector, tools }) => {
        return { slug, name: connector.name, about: connector.about, tools: tools.length }
      })
      return { items }
    },
  }),
]
