/** What providers' answers come to where they say things in a way of their own. */
import { expect, test } from 'vitest'
import { classify } from '../calls/classify.ts'
import { succeeded } from '../calls/give-output.ts'
import { buildCatalog } from '../catalog/catalog.ts'
import { buildRequest } from '../catalog/request.ts'
import { connectors } from './index.ts'

const catalog = buildCatalog(connectors)

type Row = [words: string, tool: string, args: Record<string, unknown>, answer: object, comesTo: object]

test.each<Row>([
  // https://docs.x.com/x-api/fundamentals/fields: what is not there is empty; …/response-codes-and-errors: failures under 200.
  ['no post that fits', 'twitter_search_posts', { query: 'x' }, { meta: { result_count: 0 } }, { output: [] }],
  ['no post of a person', 'twitter_list_user_posts', { user_id: '1' }, { meta: { result_count: 0 } }, { output: [] }],
  [
    'nobody of that name',
    'twitter_find_user',
    { username: 'x' },
    {
      errors: [
        {
          detail: 'Could not find user.',
          title: 'Not Found Error',
          type: 'https://api.x.com/2/problems/resource-not-found',
        },
      ],
    },
    { code: 'not_found', message: 'X (Twitter) answered 200: Could not find user.' },
  ],
])('%s (%s)', (_, name, args, answer, comesTo) => {
  const tool = catalog.tools.get(name)
  const request = tool && buildRequest(tool, args, 'call_1')
  if (!tool || !request || 'field' in request) throw new Error(`no request of ${name}`)
  const body = Buffer.from(JSON.stringify(answer))
  const headers = { 'content-type': 'application/json' }
  const classified = classify(tool, { kind: 'answered', status: 200, headers, body }, 0)
  expect(classified.ok ? succeeded(tool, classified, request) : classified.fault).toMatchObject(comesTo)
})
