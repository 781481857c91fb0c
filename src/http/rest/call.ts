import { callTool } from '../../calls/call-tool.ts'
import { Fault } from '../../core/errors.ts'
import { answerCall, answerText } from '../answer-call.ts'
import { replayedHeader } from '../problem.ts'
import { idempotencyHeader, idempotencyKeyIn } from './idempotency-header.ts'
import { Reply, route } from './route.ts'
import { callAnswer, callBody } from './schemas.ts'

export const callRoute = route({
  method: 'post',
  path: '/tools/{name}/calls',
  summary: 'Call a tool.',
  tag: 'calls',
  may: 'calls.make',
  body: callBody,
  headers: {
    [idempotencyHeader]:
      'A text of your own for this one call. For a day, the same call under it has one answer, and is sent once.',
  },
  answer: callAnswer,
  async run({ app, principal, params, body, incoming }) {
    const idempotencyKey = idempotencyKeyIn(incoming.headers)
    if (idempotencyKey instanceof Fault) return idempotencyKey
    const request = { tool: params.name, surface: 'rest', ...body, idempotencyKey, caller: incoming.socket } as const
    const ended = await callTool(app, principal, request)
    const answer = answerCall(ended)
    if (answer instanceof Fault) return answer
    return new Reply(answer, answer.replayed ? replayedHeader : undefined, answerText(answer, ended))
  },
})
