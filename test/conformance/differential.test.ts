/** The product's own short path and the official SDK give equal answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authenticate } from '../../src/accounts/authenticate.ts'
import type { AgentPrincipal } from '../../src/accounts/principal.ts'
import { Fault } from '../../src/core/errors.ts'
import { metaToolset } from '../../src/http/mcp/meta-toolset.ts'
import { meta } from '../../src/http/mcp/protocol.ts'
import { providerToolset } from '../../src/http/mcp/provider-toolset.ts'
import { createSdkPath, type SdkPath } from '../../src/http/mcp/sdk-path.ts'
import { shortPath } from '../../src/http/mcp/short-path.ts'
import type { Toolset } from '../../src/http/mcp/toolset.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { modern } from '../kit/mcp-messages.ts'
import { sendHttp } from '../kit/send-http.ts'
import { type Case, cases } from './differential-cases.ts'

let clawlink: TestClawLink
let principal: AgentPrincipal
let sdkPath: SdkPath

beforeAll(async () => {
  clawlink = await startClawLink()
  const asking = await authenticate(clawlink.app, clawlink.key)
  if (asking instanceof Fault) throw new Error(asking.message)
  principal = asking
  sdkPath = createSdkPath(() => {})
})

afterAll(() => clawlink?.stop())

describe('the short path and the SDK answer alike, and each takes what is meant for it', () => {
  test.for(cases.map((one): [string, Case] => [one.title, one]))('%s', async ([, one]) => {
    expect(await answerOfProduct(one)).toEqual(await answerOfSdk(one))
    expect(await takesShortPath(one)).toBe(one.short)
  })
})

test.for([
  ['title', { [meta.clientInfo]: { name: 'x', version: '1', title: 7 } }] as const,
  ['capabilities', { [meta.clientCapabilities]: { roots: 7 } }] as const,
])('the shape of a client’s %s, which nothing here uses, is checked by the SDK alone', async ([title, envelope]) => {
  const one: Case = { title, message: modern('tools/list', {}, {}, envelope), short: true }
  expect((await answerOfSdk(one)).status).toBe(400)
  expect((await answerOfProduct(one)).status).toBe(200)
})

async function takesShortPath(one: Case): Promise<boolean> {
  const { headers, body } = one.message
  // node:http takes the blanks around a value away before anyone sees it.
  const seen = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.trim()]))
  const answer = await shortPath(toolsetOf(one), principal, JSON.parse(body), seen)
  return answer !== undefined
}

async function answerOfProduct({ message, path = '/mcp' }: Case) {
  const { headers, body } = message
  const answer = await sendHttp(clawlink.url, {
    method: 'POST',
    path,
    headers: { ...headers, authorization: `Bearer ${clawlink.key}` },
    body,
  })
  return { status: answer.status, said: comparable(answer.text) }
}

async function answerOfSdk(one: Case) {
  const { headers, body } = one.message
  const request = new Request(`${clawlink.url}/mcp`, { method: 'POST', headers, body: new TextEncoder().encode(body) })
  const answer = await sdkPath.answer(toolsetOf(one), principal, request)
  return { status: answer.status, said: comparable(await answer.text()) }
}

function toolsetOf({ path = '/mcp' }: Case): Toolset {
  const provider = /provider=(\w+)/.exec(path)?.[1]
  const toolset = provider === undefined ? metaToolset(clawlink.app) : providerToolset(clawlink.app, provider)
  if (!toolset) throw new Error(`there is no provider ${provider}`)
  return toolset
}

/** The messages of an answer, whether plain or as events of a stream, without what differs from call to call. */
function comparable(text: string): unknown[] {
  const messages = text.startsWith('event:')
    ? text.split('\n').flatMap(line => (line.startsWith('data: ') ? [line.slice('data: '.length)] : []))
    : [text].filter(Boolean)
  return messages.map(one => JSON.parse(one.replace(/call_[0-9a-z]{10,}/g, 'call_•')))
}
