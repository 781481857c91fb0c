import * as z from 'zod'
import { apiKey, connector, oauth2, pageNumber, tool } from '../catalog/define.ts'

const list = { list_id: z.string() }
const task = { task_id: z.string() }
const fields = {
  description: z.string().optional(),
  status: z.string().optional().describe('Name of a status of the list'),
  priority: z.int().min(1).max(4).optional().describe('1 urgent, 4 low'),
  due_date: z.int().optional().describe('Milliseconds since 1970'),
}

/** ClickUp's API v2: https://developer.clickup.com/reference. */
export const clickup = connector({
  name: 'ClickUp',
  about: 'Spaces, lists, tasks and comments of ClickUp.',
  category: 'tasks',
  auth: [
    apiKey({
      label: 'personal API token',
      console: 'https://app.clickup.com/settings/apps',
      advice: 'Generate a token under API Token: it may do all that you may do.',
      header: 'authorization',
      example: 'pk_…',
    }),
    oauth2({
      label: 'ClickUp account',
      console: 'https://app.clickup.com/settings/apps',
      authorize: 'https://app.clickup.com/api',
      token: 'https://api.clickup.com/api/v2/oauth/token',
      pkce: 'off',
      scopes: [],
    }),
  ],
  account: { request: 'GET /user', id: 'user.id', label: 'user.email' },
  api: {
    base: 'https://api.clickup.com/api/v2',
    version: 'v2',
    // https://developer.clickup.com/docs/common_errors: of these the workspace was not authorized; the token is good.
    errors: [{ status: 401, body: ['ECODE', /^OAUTH_0(2[3679]|3\d|4[0-5])$/], code: 'permission_denied' }],
    retry: [{ header: 'x-ratelimit-reset', unit: 'epoch_s', when: ['x-ratelimit-remaining', '0'] }],
    // https://developer.clickup.com/docs/rate-limits
    hears: [
      {
        kind: 'plain',
        left: 'x-ratelimit-remaining',
        reset: 'x-ratelimit-reset',
        unit: 'epoch_s',
        max: 'x-ratelimit-limit',
      },
    ],
    message: ['err'],
    omit: /^(orderindex|color|profilePicture|sharing|avatar|permission_level)$/,
  },
  sources: { team_id: 'list_workspaces', space_id: 'list_spaces', list_id: 'list_lists', task_id: 'list_tasks' },
  tools: () => ({
    list_workspaces: tool({
      about: 'List the workspaces (teams) of ClickUp that I belong to.',
      input: {},
      request: 'GET /team',
      pick: 'teams',
    }),
    list_spaces: tool({
      about: 'List the spaces of a ClickUp workspace.',
      input: { team_id: z.string().describe('Id of the workspace') },
      request: 'GET /team/{team_id}/space',
      pick: 'spaces',
    }),
    list_lists: tool({
      about: 'List the lists of a ClickUp space that are in no folder.',
      input: { space_id: z.string() },
      request: 'GET /space/{space_id}/list',
      pick: 'lists',
    }),
    list_folders: tool({
      about: 'List the folders of a ClickUp space with the lists in each.',
      input: { space_id: z.string() },
      request: 'GET /space/{space_id}/folder',
      pick: 'folders',
    }),
    list_tasks: tool({
      about: 'List the tasks of a ClickUp list, 100 at once.',
      input: {
        ...list,
        include_closed: z.boolean().optional(),
        subtasks: z.boolean().optional(),
      },
      request: 'GET /list/{list_id}/task{?include_closed,subtasks}',
      page: pageNumber('page', { first: 0, size: { default: 100 } }),
      pick: 'tasks',
    }),
    get_task: tool({
      about: 'Read one task of ClickUp with its description, status and people.',
      input: task,
      request: 'GET /task/{task_id}',
    }),
    create_task: tool({
      about: 'Make a task in a ClickUp list. Each call makes another one.',
      input: { ...list, name: z.string().min(1), assignees: z.array(z.int()).optional(), ...fields },
      request: 'POST /list/{list_id}/task',
    }),
    update_task: tool({
      about: 'Change a task of ClickUp: its name, description, status, priority or due date.',
      input: { ...task, name: z.string().min(1).optional(), ...fields },
      request: 'PUT /task/{task_id}',
    }),
    comment_on_task: tool({
      about: 'Add a comment to a task of ClickUp. Each call adds another one.',
      input: { ...task, comment_text: z.string().min(1), notify_all: z.boolean() },
      request: 'POST /task/{task_id}/comment',
    }),
  }),
})
