import { openApp } from '../../src/app.ts'
import { Fault } from '../../src/core/errors.ts'
import { startRoles } from '../../src/roles/start-roles.ts'
import type { RestAnswer, TestClawLink } from './clawlink.ts'
import { sendHttp } from './send-http.ts'

export type SecondProcess = {
  url: string
  /** One request below `/api/v1` of this one. */
  rest(method: string, path: string, options?: { key?: string; body?: unknown }): Promise<RestAnswer>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Another server on the same database and clock, as a second process is: it shares nothing else with the first. Its timers
 * never fire: it runs in the same thread, where two transactions at the same moment would wait for each other.
 */
export async function secondProcess({ app, clock }: TestClawLink): Promise<SecondProcess> {
  const opened = await openApp(
    { ...app.config, port: 0, roles: ['web'] },
    { clock: { now: clock.now, after: () => () => {} }, log: app.log },
  )
  if (opened instanceof Fault) throw new Error(opened.message)
  const running = await startRoles(opened.app)
  const { url = '' } = running
  return {
    url,
    async rest(method, path, { key, body } = {}) {
      const answer = await sendHttp(url, {
        method,
        path: `/api/v1${path}`,
        headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      return { ...answer, body: JSON.parse(answer.text) }
    },
    async [Symbol.asyncDispose]() {
      await running.stop()
      await opened.close()
    },
  }
}
