import * as z from 'zod'
import { scopeOf } from '../../accounts/principal.ts'
import { allowsTool, scopeSchema } from '../../accounts/scope.ts'
import { whoami } from '../../accounts/whoami.ts'
import { healthRoute } from './health.ts'
import { route } from './route.ts'
import { environment, role } from './schemas.ts'

export const systemRoutes = [
  healthRoute,
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
    run({ app, principal }) {
      const scope = scopeOf(principal)
      const seen = [...app.catalog.providers.values()].filter(({ slug }) => scope.providers?.includes(slug) ?? true)
      const items = seen.map(({ slug, connector, tools }) => {
        const { length } = tools.filter(tool => allowsTool(scope, tool))
        return { slug, name: connector.name, about: connector.about, tools: length }
      })
      return { items }
    },
  }),
]
