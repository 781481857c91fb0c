import { readFileSync } from 'node:fs'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { newSigningSecret } from './signature.ts'

test('the verifier of the documentation takes what a library signs, and nothing else', async () => {
  const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
  const code = /```js\n(.*?)```/s.exec(page)?.[1] ?? ''
  const { verify } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  const secret = newSigningSecret()
  const body = '{"type":"endpoint.test","word":"grün"}'
  const headersAt = (at: Date) => ({
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': `v1,b3RoZXI= ${new Webhook(secret).sign('evt_1', at, body)}`,
  })
  const headers = headersAt(new Date())
  expect(verify(secret, headers, body)).toEqual(JSON.parse(body))
  expect(() => verify(secret, headers, `${body} `)).toThrow('not signed')
  expect(() => verify(secret, { ...headers, 'webhook-id': 'evt_2' }, body)).toThrow('not signed')
  expect(() => verify(secret, headersAt(new Date(Date.now() - 400_000)), body)).toThrow('too old')
  expect(() => verify(secret, {}, body)).toThrow()
})
