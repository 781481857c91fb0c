import * as z from 'zod'
import { scopeOf } from '../../accounts/principal.ts'
import { allowsTool } from '../../accounts/scope.ts'
import { listNotices } from '../../calls/output/list-notices.ts'
import { viewOf } from '../../calls/output/tool-health.ts'
import { describeProvider } from '../../connections/describe-provider.ts'
import { listProviders } from '../../connections/list-providers.ts'
import { Fault } from '../../core/errors.ts'
import { route } from './route.ts'
import { fields, notice, way } from './schemas.ts'
import { sightOf } from './sight-of.ts'

const provider = z.object({
  slug: z.string(),
  name: z.string(),
  about: z.string(),
  category: z.string().describe('A word for what it is about, such as mail; may be empty.'),
  ways: z.array(way.pick({ id: true, kind: true, label: true })),
  connections: z.number().describe('How many of them you see.'),
  tools: z.number(),
  ready: z
    .boolean()
    .describe(
      'Whether it can be connected now: without an OAuth app, or with one that is there. The sandbox: whether it was started.',
    ),
})

export const providerRoutes = [
  route({
    method: 'get',
    path: '/providers',
    summary: 'List the providers that can be connected.',
    tag: 'connections',
    may: 'tools.read',
    answer: z.object({ items: z.array(provider) }),
    run: async ({ app, principal }) => ({ items: await listProviders(app, sightOf(principal)) }),
  }),
  route({
    method: 'get',
    path: '/providers/{slug}',
    summary: 'Read one provider with its ways to connect, and what each asks for.',
    tag: 'connections',
    may: 'tools.read',
    answer: provider.extend({
      inputs: fields.describe('What every way asks for first.'),
      ways: z.array(way),
      apiVersion: z.string().nullable().describe('The version of its API that its tools are written for.'),
      notices: z.array(notice.extend({ tool: z.string() })).describe('What was noticed about its tools.'),
    }),
    async run({ app, principal, params }) {
      const described = await describeProvider(app, sightOf(principal), params.slug)
      if (described instanceof Fault) return described
      const provider = app.catalog.providers.get(described.slug)
      const names = (provider?.tools ?? []).filter(tool => allowsTool(scopeOf(principal), tool)).map(({ name }) => name)
      const notices = await listNotices(app, principal.workspaceId, names)
      return {
        ...described,
        apiVersion: provider?.connector.api.version ?? null,
        notices: [...notices].flatMap(([tool, rows]) => rows.map(row => ({ tool, ...viewOf(row) }))),
      }
    },
  }),
]
