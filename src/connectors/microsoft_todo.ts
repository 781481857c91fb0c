import * as z from 'zod'
import { connector, tool } from '../catalog/define.ts'
import { graphApi, graphPages, microsoftAccount, microsoftInputs, microsoftUser } from './registrations/microsoft.ts'

const list = { list_id: z.string() }
const task = { ...list, task_id: z.string() }
const fields = {
  body: z.strictObject({ content: z.string(), contentType: z.enum(['text', 'html']) }).optional(),
  dueDateTime: z
    .strictObject({ dateTime: z.string().describe('2026-03-01T00:00:00'), timeZone: z.string() })
    .optional(),
  importance: z.enum(['low', 'normal', 'high']).optional(),
  status: z.enum(['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred']).optional(),
}

/** To Do in Microsoft Graph v1.0: https://learn.microsoft.com/graph/api/resources/todo-overview. */
export const microsoft_todo = connector({
  name: 'Microsoft To Do',
  about: 'Read, add, finish and delete the tasks of Microsoft To Do.',
  category: 'tasks',
  auth: [microsoftAccount(['Tasks.ReadWrite'])],
  inputs: microsoftInputs,
  account: microsoftUser,
  api: graphApi,
  sources: { list_id: 'list_task_lists', task_id: 'list_tasks' },
  tools: () => ({
    list_task_lists: tool({
      about: 'List the task lists of Microsoft To Do with their ids.',
      input: {},
      request: 'GET /me/todo/lists?$top=100',
      page: graphPages,
      pick: 'value',
    }),
    list_tasks: tool({
      about: 'List the tasks (to-dos) of a list in Microsoft To Do, finished ones too.',
      input: list,
      request: 'GET /me/todo/lists/{list_id}/tasks?$top=100',
      page: graphPages,
      pick: 'value',
    }),
    create_task: tool({
      about: 'Add a task (to-do) to a list of Microsoft To Do. Each call adds another one.',
      input: { ...list, title: z.string().min(1), ...fields },
      request: 'POST /me/todo/lists/{list_id}/tasks',
    }),
    update_task: tool({
      about: 'Change a task of Microsoft To Do: finish it with status completed, rename it, set when it is due.',
      input: { ...task, title: z.string().min(1).optional(), ...fields },
      request: 'PATCH /me/todo/lists/{list_id}/tasks/{task_id}',
      idempotency: 'natural',
    }),
    delete_task: tool({
      about: 'Delete a task from a list of Microsoft To Do.',
      input: task,
      request: 'DELETE /me/todo/lists/{list_id}/tasks/{task_id}',
    }),
  }),
})
