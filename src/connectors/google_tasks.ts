import * as z from 'zod'
import { connector, cursor, tool } from '../catalog/define.ts'
import { googleAccount, googleEmailScope, googleErrors, googleMessage, googleUser } from './registrations/google.ts'

const list = { list_id: z.string().describe('Id of the list, or @default') }
const task = { ...list, task_id: z.string() }
const fields = {
  notes: z.string().optional(),
  due: z.iso.datetime().optional().describe('Google keeps only the day'),
  status: z.enum(['needsAction', 'completed']).optional(),
}

/** Google Tasks API v1: https://developers.google.com/workspace/tasks/reference/rest. */
export const google_tasks = connector({
  name: 'Google Tasks',
  about: 'Read, add, finish and delete the tasks of Google Tasks.',
  category: 'tasks',
  auth: [googleAccount(['https://www.googleapis.com/auth/tasks', googleEmailScope])],
  account: googleUser,
  api: {
    base: 'https://tasks.googleapis.com/tasks/v1',
    version: 'v1',
    errors: googleErrors,
    message: googleMessage,
    omit: /^(etag|kind|selfLink)$/,
  },
  sources: { list_id: 'list_task_lists', task_id: 'list_tasks' },
  tools: () => ({
    list_task_lists: tool({
      about: 'List the task lists of Google Tasks with their ids.',
      input: { maxResults: z.int().min(1).max(1000).optional() },
      request: 'GET /users/@me/lists{?maxResults}',
      page: cursor('pageToken', 'nextPageToken'),
      pick: 'items',
      emptyIsLeftOut: true,
    }),
    list_tasks: tool({
      about: 'List the tasks (to-dos) of a list of Google Tasks, open ones and those just finished.',
      input: {
        ...list,
        showCompleted: z.boolean().optional(),
        showHidden: z.boolean().optional().describe('Also finished ones that were cleared away'),
        dueMax: z.iso.datetime().optional(),
        maxResults: z.int().min(1).max(100).optional(),
      },
      request: 'GET /lists/{list_id}/tasks{?showCompleted,showHidden,dueMax,maxResults}',
      page: cursor('pageToken', 'nextPageToken'),
      pick: 'items',
      emptyIsLeftOut: true,
    }),
    create_task: tool({
      about: 'Add a task (to-do) to a list of Google Tasks. Each call adds another one.',
      input: { ...list, title: z.string().min(1), ...fields },
      request: 'POST /lists/{list_id}/tasks',
    }),
    update_task: tool({
      about: 'Change a task of Google Tasks: finish it with status completed, rename it, set when it is due.',
      input: { ...task, title: z.string().optional(), ...fields },
      request: 'PATCH /lists/{list_id}/tasks/{task_id}',
      idempotency: 'natural',
    }),
    delete_task: tool({
      about: 'Delete a task from a list of Google Tasks.',
      input: task,
      request: 'DELETE /lists/{list_id}/tasks/{task_id}',
    }),
  }),
})
