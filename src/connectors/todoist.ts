import * as z from 'zod'
import { apiKey, connector, cursor, oauth2, tool } from '../catalog/define.ts'

const task = { task_id: z.string() }
const limit = z.int().min(1).max(200).optional()
const next = cursor('cursor', 'next_cursor')
const taskOut = z.object({
  id: z.string(),
  content: z.string(),
  description: z.string(),
  priority: z.int(),
  labels: z.array(z.string()),
})
const fields = {
  description: z.string().optional(),
  due_string: z.string().optional().describe('In words: tomorrow at 9, every Monday'),
  due_date: z.iso.date().optional(),
  priority: z.int().min(1).max(4).optional().describe('4 is the most urgent'),
  labels: z.array(z.string()).optional(),
}

/** Todoist's API v1: https://developer.todoist.com/api/v1/. */
export const todoist = connector({
  name: 'Todoist',
  about: 'Tasks and projects of Todoist.',
  category: 'tasks',
  auth: [
    apiKey({
      label: 'API token',
      console: 'https://app.todoist.com/app/settings/integrations/developer',
      advice: 'Copy the API token: it may do all that you may do.',
    }),
    oauth2({
      label: 'Todoist account',
      console: 'https://app.todoist.com/app/settings/integrations/app-management',
      authorize: 'https://todoist.com/oauth/authorize',
      token: 'https://todoist.com/oauth/access_token',
      scopes: ['data:read_write', 'data:delete'],
      scopeSeparator: ',',
    }),
  ],
  account: { request: 'GET /user', id: 'id', label: 'email' },
  api: {
    base: 'https://api.todoist.com/api/v1',
    version: 'v1',
    errors: [{ status: 429, code: 'rate_limited' }],
    // https://developer.todoist.com/api/v1/#tag/Request-limits
    limits: [{ requests: 1000, windowS: 900 }],
    message: ['error'],
    omit: /^(user_id|added_by_uid|assigned_by_uid|responsible_uid|sync_id|.*_order)$/,
  },
  sources: { task_id: 'list_tasks', project_id: 'list_projects' },
  tools: () => ({
    list_projects: tool({
      about: 'List the projects of Todoist with their ids.',
      input: { limit },
      request: 'GET /projects{?limit}',
      page: next,
      pick: 'results',
      output: z.array(z.object({ id: z.string(), name: z.string() })),
    }),
    list_tasks: tool({
      about: 'List the open tasks (to-dos) of Todoist, of one project or label or all.',
      input: { project_id: z.string().optional(), label: z.string().optional(), limit },
      request: 'GET /tasks{?project_id,label,limit}',
      page: next,
      pick: 'results',
      output: z.array(taskOut),
    }),
    filter_tasks: tool({
      about: 'Find tasks of Todoist with a filter in its own language: what is due today, overdue, urgent.',
      input: { query: z.string().min(1).describe('today | overdue, #Work & p1, search: invoice'), limit },
      request: 'GET /tasks/filter{?query,limit}',
      page: next,
      pick: 'results',
      output: z.array(taskOut),
    }),
    create_task: tool({
      about: 'Add a task (to-do) to Todoist, into the inbox unless a project is told. Each call adds another one.',
      input: { content: z.string().min(1), project_id: z.string().optional(), ...fields },
      request: 'POST /tasks',
      output: taskOut,
    }),
    update_task: tool({
      about: 'Change a task of Todoist: its text, when it is due, its priority or labels (which are replaced).',
      input: { ...task, content: z.string().min(1).optional(), ...fields },
      request: 'POST /tasks/{task_id}',
      idempotency: 'natural',
      output: taskOut,
    }),
    complete_task: tool({
      about: 'Complete (check off, finish) a task of Todoist. A repeated task moves on to its next date.',
      input: task,
      request: 'POST /tasks/{task_id}/close',
    }),
    delete_task: tool({
      about: 'Delete a task of Todoist for good, with what is below it.',
      input: task,
      request: 'DELETE /tasks/{task_id}',
    }),
  }),
})
