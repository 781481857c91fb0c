import * as z from 'zod'
import { apiKey, connector, cursor, oauth2, tool } from '../catalog/define.ts'

const gid = z.string().describe('Gid')
const limit = z.int().min(1).max(100).describe('How many at once')
const opt_fields = z.string().optional().describe('Comma-separated: name,completed,due_on,assignee.name,notes')
// https://developers.asana.com/docs/pagination: without a limit there are no pages, and what is too much is cut off or refused.
const next = cursor('offset', 'next_page.offset')
const fields = {
  notes: z.string().optional(),
  assignee: z.string().optional().describe('Gid, email or me'),
  due_on: z.iso.date().optional(),
}

/** Asana's REST API 1.0: https://developers.asana.com/reference/rest-api-reference. */
export const asana = connector({
  name: 'Asana',
  about: 'Tasks, projects, comments and people of Asana.',
  category: 'tasks',
  auth: [
    apiKey({
      label: 'personal access token',
      console: 'https://app.asana.com/0/my-apps',
      advice: 'Make a personal access token: it may do all that you may do.',
    }),
    oauth2({
      label: 'Asana account',
      console: 'https://app.asana.com/0/my-apps',
      authorize: 'https://app.asana.com/-/oauth_authorize',
      token: 'https://app.asana.com/-/oauth_token',
      revoke: 'https://app.asana.com/-/oauth_revoke',
      scopes: [
        'tasks:read',
        'tasks:write',
        'projects:read',
        'users:read',
        'workspaces:read',
        'stories:read',
        'stories:write',
      ],
      lifetimeS: 3600,
    }),
  ],
  account: { request: 'GET /users/me', id: 'data.gid', label: 'data.email' },
  api: {
    base: 'https://app.asana.com/api/1.0',
    version: '1.0',
    errors: [{ status: 402, code: 'permission_denied' }],
    message: ['errors.0.message'],
    omit: /^(resource_type|resource_subtype)$/,
  },
  sources: { task_gid: 'list_tasks', project: 'list_projects', workspace: 'list_workspaces' },
  tools: () => ({
    list_workspaces: tool({
      about: 'List the workspaces and organizations of Asana that I belong to.',
      input: {},
      request: 'GET /workspaces?limit=100',
      page: next,
      pick: 'data',
    }),
    list_projects: tool({
      about: 'List the projects of an Asana workspace.',
      input: { workspace: gid, archived: z.boolean().optional() },
      request: 'GET /projects?limit=100{?workspace,archived}',
      page: next,
      pick: 'data',
    }),
    list_tasks: tool({
      about: 'List the tasks of an Asana project, or those assigned to a person in a workspace: my to-dos.',
      input: {
        project: gid.optional(),
        assignee: z.string().optional().describe('Gid, email or me; only together with workspace'),
        workspace: gid.optional(),
        completed_since: z.string().optional().describe('now for open tasks only, or a time'),
        opt_fields,
        limit,
      },
      request: 'GET /tasks{?project,assignee,workspace,completed_since,opt_fields,limit}',
      page: next,
      pick: 'data',
    }),
    get_task: tool({
      about: 'Read one task of Asana with its notes, assignee, due date and projects.',
      input: { task_gid: gid, opt_fields },
      request: 'GET /tasks/{task_gid}{?opt_fields}',
      pick: 'data',
    }),
    create_task: tool({
      about: 'Make a task in Asana, in a project or in a workspace. Each call makes another one.',
      input: {
        data: z.strictObject({
          name: z.string().min(1),
          projects: z.array(z.string()).optional().describe('Gids; or give a workspace'),
          workspace: gid.optional(),
          ...fields,
        }),
      },
      request: 'POST /tasks',
      pick: 'data',
    }),
    update_task: tool({
      about: 'Change a task of Asana: complete it, rename it, assign it, set when it is due.',
      input: {
        task_gid: gid,
        data: z.strictObject({ name: z.string().min(1).optional(), completed: z.boolean().optional(), ...fields }),
      },
      request: 'PUT /tasks/{task_gid}',
      pick: 'data',
    }),
    comment_on_task: tool({
      about: 'Add a comment (story) to a task of Asana. Each call adds another one.',
      input: { task_gid: gid, data: z.strictObject({ text: z.string().min(1) }) },
      request: 'POST /tasks/{task_gid}/stories',
      pick: 'data',
    }),
  }),
})
