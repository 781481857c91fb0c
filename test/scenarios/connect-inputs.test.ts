/** What somebody could try with what is typed in when connecting: addresses that lead elsewhere, texts that are more than text. */
import { describe, expect, test } from 'vitest'
import { apiKey, type Connector, connector, tool } from '../../src/catalog/define.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { addProviders, askForLink, begin, onPage, stored } from '../kit/connecting.ts'
import { type Person, signUp } from '../kit/person.ts'
import { startTokenProvider } from '../kit/token-provider.ts'

type Scene = TestClawLink & { ada: Person }

async function start(more: Record<string, Connector> = {}): Promise<Scene> {
  const claw = await startClawLink({ connected: false })
  addProviders(claw, more)
  return { ...claw, ada: await signUp(claw) }
}

const nothing = { connections: [], credentials: [], seals: [] }

const selfHosted = (hosts?: string[]): Connector =>
  connector({
    name: 'Self-hosted',
    about: 'Runs wherever people put it.',
    auth: [apiKey({ label: 'API key' })],
    inputs: { instance: { label: 'Address of your instance', example: 'https://git.example.com' } },
    ...(hosts && { hosts }),
    account: { request: 'GET /me', id: 'id' },
    api: { base: '{instance}' },
    tools: { whoami: tool({ about: 'Who am I there.', input: {}, request: 'GET /me' }) },
  })

describe('an instance URL', () => {
  const key = 'key_that_must_stay_home'
  const submit = async (claw: Scene, instance: string) => {
    const id = await askForLink(claw, { provider: 'selfhosted' })
    await onPage(claw.ada, id, 'open')
    const answer = await onPage(claw.ada, id, 'submit', { way: 'api_key', fields: { instance, secret: key } })
    return { id, answer }
  }

  test('leads to nothing that is not public', async () => {
    await using inside = await startTokenProvider()
    await using claw = await start({ selfhosted: selfHosted() })
    const { port } = new URL(inside.url)
    const inner = [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `[::ffff:127.0.0.1]:${port}`,
      `2130706433:${port}`,
      `0:${port}`,
    ]
    for (const host of [...inner, '169.254.169.254', '10.0.0.1', '[fd00::1]']) {
      const { answer } = await submit(claw, `http://${host}`)
      expect([host, answer.status >= 400]).toEqual([host, true])
    }
    expect(inside.asked).toEqual([])
    expect(await stored(claw)).toEqual(nothing)
    expect(claw.answered() + claw.logged()).not.toContain(key)
  })

  test.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:pass@example.com',
    'https://example.com?x=',
    'https://example.com#x',
    'https://exa mple.com',
    'example.com',
    'https://example.com\r\nhost: evil',
  ])('such as %j is told by its field before anything is sent', async instance => {
    await using claw = await start({ selfhosted: selfHosted() })
    const { answer } = await submit(claw, instance)
    expect(answer).toMatchObject({ status: 400, body: { invalidFields: [{ field: 'instance' }] } })
    expect(answer.text).not.toContain(key)
  })

  test('leads to none but the provider’s own hosts, where it has any', async () => {
    await using claw = await start({ selfhosted: selfHosted(['*.acme.example', '127.0.0.1:1']) })
    const alike = ['https://evil.example', 'https://acme.example.evil.example', 'https://evil.example/.acme.example']
    for (const instance of alike)
      expect((await submit(claw, instance)).answer).toMatchObject({ body: { invalidFields: [{ field: 'instance' }] } })
    const { answer } = await submit(claw, 'https://127.0.0.1:1')
    expect(answer).toMatchObject({ status: 502, body: { code: 'provider_unavailable' } })
  })
})

describe('what is typed in', () => {
  test.each(['a\r\nset-cookie: x=y', 'a\nb', 'a\u0000b', '\u202Egnp.exe', ' '])(
    'a label such as %j is refused wherever it is given, and changes nothing',
    async label => {
      await using claw = await start()
      const asked = await claw.rest('POST', '/connect-sessions', { body: { provider: 'sandbox', label } })
      const refused = { status: 400, body: { invalidFields: [{ field: 'label' }] } }
      expect(asked).toMatchObject(refused)
      const id = await askForLink(claw)
      await onPage(claw.ada, id, 'open')
      const fields = { secret: claw.sandbox.apiKey }
      expect(await begin(claw.ada, id, { label })).toMatchObject(refused)
      expect(await onPage(claw.ada, id, 'submit', { way: 'api_key', fields, label })).toMatchObject(refused)
      expect(await onPage(claw.ada, id, 'device', { way: 'device', label })).toMatchObject(refused)
      expect(claw.sandbox.requests).toEqual([])
      expect(await stored(claw)).toEqual(nothing)
    },
  )
})
