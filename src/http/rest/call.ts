import { callTool } from '../../calls/call-tool.ts'
import { Fault } from '../../core/errors.ts'
import { answerCall } from '../answer-call.ts'
import { route } from './route.ts'
import { callAnswer, callBody } from './schemas.ts'

export const callRoute = route({
  method: 'post',
  path: '/tools/{name}/calls',
  summary: 'Call a tool.',
  tag: 'calls',
  may: 'calls.make',
  body: callBody,
  answer: callAnswer,
  async run({ app, principal, params, body, incoming }) {
    if (incoming.headers['idempotency-key'] !== undefined) return unsupportedKey()
    return answerCall(await callTool(app, principal, { tool: params.name, surface: 'rest', ...body }))
  },
})

/** Accepting a key and not keeping it would be a promise that nobody holds. */
function unsupportedKey(): Fault {
  return new Fault('validation_error', 'This version does not keep idempotency keys, so it does not accept one.', {
    invalidFields: [{ field: 'Idempotency-Key', problem: 'is not supported' }],
    fix: 'Leave the header out. A write is never sent twice by one call.',
  })
}
