import * as z from 'zod'
import { dim, plain, print, printJson, printTable, shortened } from '../print.ts'
import { askRest } from '../rest.ts'
import { type Flags, orExit } from '../settings.ts'
import { ago } from './ago.ts'
import { relayServer } from './server.ts'
import { taskShape } from './shapes.ts'
import { getTask, showTask } from './show-task.ts'

const page = z.object({ items: z.array(taskShape), next: z.string().nullable() })

/** One task with its history, or the latest ones. */
export async function tasksCommand(flags: Flags, id: string | undefined): Promise<void> {
  const server = orExit(relayServer(flags), flags)
  if (id !== undefined) return showTask(orExit(await getTask(server, id), flags), flags)
  const path = `/relay/tasks?limit=50${flags.open ? '&state=open' : ''}`
  const { items, next } = orExit(await askRest(server, { method: 'GET', path, shape: page }), flags)
  if (flags.json) return printJson({ items, next })
  if (!items.length) return print('There is no task. Give one: clawlink delegate <agent> "<task>"')
  const now = Date.now()
  printTable(
    ['TASK', 'STATE', 'FROM', 'TO', 'MADE', 'WHAT'],
    items.map(({ id, state, from, to, capability, createdAt, task }) => [
      id,
      state,
      plain(from.name),
      to ? plain(to.name) : `(${plain(capability ?? '')})`,
      ago(createdAt, now),
      shortened(plain(task), 60),
    ]),
  )
  if (next !== null) print(dim(`The latest ${items.length}. There are older ones.`))
}
