import { request } from 'node:http'
import { programPath, type Server, startServer } from './server.ts'

/** The credential that the provider wants to see. */
export const providerSecret = 'sk_bench_9f2c41d7a6b84e0f8c35d1e2b7a90c64'

/** Stands in the provider's answer and nowhere else: an answer without it did not come from the provider. */
export const providerMarker = 'answered-by-the-bench-provider'

/** The arguments of the call that every gateway gets, and the path that it has to make of them. */
export const callArguments = { project: 'EXP', number: 128 }
export const providerPath = '/projects/EXP/issues/128'

const answerBytes = 1026

/** The provider's answer: always these 1,026 bytes of JSON. */
export const providerAnswer = buildAnswer()

function buildAnswer(): Buffer {
  const record = {
    id: 4711,
    project: 'EXP',
    number: 128,
    url: 'https://api.example.com/projects/EXP/issues/128',
    email: 'marta@example.com', // makes it the answer to "who am I" as well
    title: 'The export stops after the first page',
    state: 'open',
    locked: false,
    labels: ['bug', 'export'],
    author: 'marta',
    assignee: 'jonas',
    watchers: [{ id: 733, login: 'jonas', type: 'User', admin: false }],
    comments: 7,
    created_at: '2026-03-09T08:14:55Z',
    updated_at: '2026-03-11T17:40:02Z',
    closed_at: null,
    marker: providerMarker,
    body: '',
  }
  const sentence = 'Steps: open the list, choose all columns, export as CSV; the file ends after one hundred rows. '
  const missing = answerBytes - JSON.stringify(record).length
  record.body = sentence.repeat(Math.ceil(missing / sentence.length)).slice(0, missing)
  return Buffer.from(JSON.stringify(record))
}

/** Starts the provider in a process of its own. */
export function startProvider(folder: string): Promise<Server> {
  return startServer({
    name: 'provider',
    folder,
    healthPath: '/count',
    command: port => [programPath('provider-server.ts'), String(port)],
  })
}

/** How many documents the provider has given since it started. */
export async function countProviderAnswers(provider: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  request({ host: '127.0.0.1', port: provider.port, path: '/count', agent: false }, response => {
    response.setEncoding('utf8').on('data', resolve)
  })
    .on('error', reject)
    .end()
  return Number(/\d+/.exec(await promise)?.[0])
}
