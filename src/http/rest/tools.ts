import * as z from 'zod'
import { describeTool, searchTools } from '../../calls/describe-tool.ts'
import { listNotices } from '../../calls/output/list-notices.ts'
import { listToolVersions } from '../../calls/output/list-tool-versions.ts'
import { healthOf } from '../../calls/output/tool-health.ts'
import { previewTool } from '../../calls/preview-tool.ts'
import { Fault } from '../../core/errors.ts'
import { callRoute } from './call.ts'
import { route } from './route.ts'
import { callBody, next, preview, toolDescription, toolHealth, toolSummary, toolVersion } from './schemas.ts'

export const toolRoutes = [
  route({
    method: 'get',
    path: '/tools',
    summary: 'Search the tools, or list those of a provider.',
    tag: 'tools',
    may: 'tools.read',
    query: z.strictObject({
      q: z.string().max(500).default('').describe('What the tool should do, in words.'),
      provider: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    answer: z.object({ items: z.array(toolSummary) }),
    async run({ app, principal, query }) {
      const items = await searchTools(app, principal, { query: query.q, provider: query.provider, limit: query.limit })
      return items instanceof Fault ? items : { items }
    },
  }),
  route({
    method: 'get',
    path: '/tools/{name}',
    summary: 'Describe one tool: what it does, its arguments, the accounts it can use.',
    tag: 'tools',
    may: 'tools.read',
    answer: toolDescription.extend({ health: toolHealth }),
    async run({ app, principal, params }) {
      const tool = await describeTool(app, principal, params.name)
      if (tool instanceof Fault) return tool
      const notices = await listNotices(app, principal.workspaceId, [tool.name])
      return { ...tool, health: healthOf(notices.get(tool.name) ?? [], app.clock.now()) }
    },
  }),
  route({
    method: 'post',
    path: '/tools/{name}/preview',
    summary: 'Show the exact request that a call would send. Sends nothing.',
    tag: 'tools',
    may: 'calls.make',
    body: callBody,
    answer: preview,
    run: ({ app, principal, params, body }) =>
      previewTool(app, principal, { tool: params.name, surface: 'rest', ...body }),
  }),
  route({
    method: 'get',
    path: '/tool-versions',
    summary:
      'List which version of its provider’s API each tool is written for, and what the provider says of its future.',
    tag: 'tools',
    may: 'tools.read',
    query: z.strictObject({
      provider: z.string().optional(),
      next,
      limit: z.coerce.number().int().min(1).max(200).default(100),
    }),
    answer: z.object({ items: z.array(toolVersion), next: z.string().nullable() }),
    run: ({ app, principal, query: { next, ...wanted } }) =>
      listToolVersions(app, principal, { ...wanted, after: next }),
  }),
  callRoute,
]
