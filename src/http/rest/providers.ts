import * as z from 'zod'
import { describeProvider } from '../../connections/describe-provider.ts'
import { listProviders } from '../../connections/list-providers.ts'
import { route } from './route.ts'
import { fields, way } from './schemas.ts'
import { sightOf } from './sight-of.ts'

const provider = z.object({
  slug: z.string(),
  name: z.string(),
  about: z.string(),
  category: z.string().describe('A word for what it is about, such as mail; may be empty.'),
  ways: z.array(way.pick({ id: true, kind: true, label: true })),
  connections: z.number().describe('How many of them you see.'),
  tools: z.number(),
  ready: z.boolean().describe('Whether it can be connected now: without an OAuth app, or with one that is there.'),
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
    answer: provider.extend({ inputs: fields.describe('What every way asks for first.'), ways: z.array(way) }),
    run: ({ app, principal, params }) => describeProvider(app, sightOf(principal), params.slug),
  }),
]
