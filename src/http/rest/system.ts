import * as z from 'zod'
import { scopeSchema } from '../../accounts/scope.ts'
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
]
