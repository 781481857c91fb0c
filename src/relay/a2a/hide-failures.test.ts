import { TaskNotFoundError } from '@a2a-js/sdk/errors'
import type { A2ARequestHandler } from '@a2a-js/sdk/server'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { hideFailures } from './hide-failures.ts'

const secret = 'connect to postgres://clawlink:hunter2@db failed'

/** Does as it is told, whatever it is asked. */
function handlerThat(fails: () => never): A2ARequestHandler {
  const answers = async () => fails()
  const streams = async function* () {
    yield fails()
  }
  return Object.assign(Object.create(null), { getTask: answers, listTasks: answers, resubscribe: streams })
}

function hiding(fails: () => never) {
  const lines: string[] = []
  const handler = hideFailures(pino({}, { write: line => lines.push(line) }), handlerThat(fails))
  return { handler, lines }
}

const context = Object.create(null)
const ask = { tenant: '', id: 'task_1' }

test('what fails inside is told without its text, and logged with it, in answers and in streams', async () => {
  const { handler, lines } = hiding(() => {
    throw new Error(secret)
  })
  await expect(handler.getTask({ ...ask, historyLength: undefined }, context)).rejects.toThrow(/^Something went wrong/)
  await expect(handler.resubscribe(ask, context).next()).rejects.toThrow(/^Something went wrong/)
  expect(lines).toHaveLength(2)
  for (const line of lines) expect(line).toContain(secret)
})

test('that the database is the trouble is told, since its owner can help', async () => {
  const { handler } = hiding(() => {
    throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
  })
  await expect(handler.getTask({ ...ask, historyLength: undefined }, context)).rejects.toThrow(/disk .* is full/)
})

test('an error of A2A is told as it is', async () => {
  const { handler, lines } = hiding(() => {
    throw new TaskNotFoundError('There is no such task.')
  })
  await expect(handler.getTask({ ...ask, historyLength: undefined }, context)).rejects.toThrow('There is no such task.')
  await expect(handler.resubscribe(ask, context).next()).rejects.toBeInstanceOf(TaskNotFoundError)
  expect(lines).toEqual([])
})
