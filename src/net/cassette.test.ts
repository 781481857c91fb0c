import { describe, expect, test } from 'vitest'
import { Fault } from '../core/errors.ts'
import { type Cassette, formatCassette, parseCassette } from './cassette.ts'
import { recordingNet } from './cassette-record.ts'
import { replayingNet } from './cassette-replay.ts'
import type { Net } from './send.ts'
import type { BodySource, Sink, WireRequest, WireResult } from './wire.ts'

const secret = 'Pl4nted+Secret/with "all" & sorts=='
const plainSecret = 'PlantedSecretThatNobodyMaySee4711'

const ask = (more: Partial<WireRequest> = {}): WireRequest => ({
  method: 'GET',
  url: 'https://api.example/items',
  headers: { accept: 'application/json' },
  credential: {},
  ...more,
})
const answered = { kind: 'answered', status: 200, headers: {} } as const
const answer = (body: unknown, headers: Record<string, string> = {}, status = 200): WireResult => ({
  kind: 'answered',
  status,
  headers,
  body:
    body instanceof Uint8Array
      ? Buffer.from(body)
      : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
})

/** Records exchanges with a provider that answers as told. */
async function recorded(...exchanges: [WireRequest, WireResult][]) {
  const answers = exchanges.map(([, result]) => result)
  const inner: Net = { send: async () => answers.shift() ?? answer({}), async close() {} }
  const net = recordingNet(inner)
  for (const [request] of exchanges) await net.send(request)
  const { cassette, ...rest } = net.cassette()
  return { net, cassette, text: formatCassette(cassette), ...rest }
}

/** Every way in which a text is written where a provider or a client might repeat it. */
const written: Record<string, (text: string) => string> = {
  plain: text => text,
  'in JSON': text => JSON.stringify(text).slice(1, -1),
  'in JSON in JSON': text => JSON.stringify(JSON.stringify(text)).slice(1, -1),
  'in a URL': encodeURIComponent,
  'in a URL in a URL': text => encodeURIComponent(encodeURIComponent(text)),
  'in a form': text => String(new URLSearchParams({ q: text })).slice(2),
  'in base64': text => Buffer.from(text).toString('base64'),
  'in base64 after one byte': text => Buffer.from(`:${text}`).toString('base64'),
  'in base64 between others': text => Buffer.from(`me:${text}!`).toString('base64'),
  'in base64url': text => Buffer.from(`xy${text}`).toString('base64url'),
  'in hex': text => Buffer.from(text).toString('hex'),
  'in HTML': text => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
}

const places: Record<string, (text: string) => [Partial<WireRequest>, WireResult]> = {
  'the URL': text => [
    { url: `https://api.example/${encodeURIComponent(text)}?q=${encodeURIComponent(text)}` },
    answer({}),
  ],
  'a request header': text => [{ headers: { 'user-agent': `x ${text}` } }, answer({})],
  'a JSON body': text => [{ method: 'POST', body: JSON.stringify({ deep: [{ note: `a ${text} b` }] }) }, answer({})],
  'a key of a JSON body': text => [{ method: 'POST', body: JSON.stringify({ [text]: 1 }) }, answer({})],
  'a text body': text => [{ method: 'POST', body: `note: ${text}\n` }, answer({})],
  'a JSON answer': text => [{}, answer({ echo: text })],
  'a text answer': text => [{}, answer(`<p>${text}</p>`)],
  'a binary answer': text => [{}, answer(Buffer.concat([Buffer.from([0xff, 0, 0xfe]), Buffer.from(text)]))],
  'an answer header': text => [{}, answer({}, { link: `<https://api.example/?x=${text}>; rel="next"` })],
}

const credentials: Record<string, (text: string) => Partial<WireRequest>> = {
  'a bearer token': text => ({ credential: { authorization: `Bearer ${text}` } }),
  'a header of its own': text => ({ credential: { 'x-api-key': text } }),
  'a password': text => ({ credential: { authorization: `Basic ${Buffer.from(`me:${text}`).toString('base64')}` } }),
  'a key in the place of a name': text => ({
    credential: { authorization: `Basic ${Buffer.from(`${text}:`).toString('base64')}` },
  }),
  'a parameter': text => ({ credentialQuery: { key: text } }),
}

describe.each([plainSecret, secret])('the credential %s', planted => {
  test.each(Object.entries(credentials))('sent as %s stands in a cassette nowhere', async (_, sentAs) => {
    for (const [place, put] of Object.entries(places)) {
      for (const [way, write] of Object.entries(written)) {
        const [request, result] = put(write(planted))
        const { text } = await recorded([ask({ ...sentAs(planted), ...request }), result])
        const where = `${place}, ${way}`
        for (const form of Object.values(written)) {
          // As a part of longer base64 it has other ends, which say nothing of it by themselves.
          expect(text, where).not.toContain(form(planted).replace(/=+$/, '').slice(3, -4))
        }
        expect(text, where).toContain('•••')
        expect(parseCassette(text), where).not.toBeInstanceOf(Fault)
      }
    }
  })
})

test('nothing of a credential is kept, whatever its headers and parameters are called', async () => {
  const load = async () => ({ cert: 'the certificate', key: 'the private key' })
  const { cassette, text, headersLeftOut } = await recorded([
    ask({
      credential: { 'content-type': 'x', accept: 'secret-accept' },
      credentialQuery: { version: 'secret-version' },
      certificate: { name: 'certificate-name', load },
    }),
    answer({}, { 'set-cookie': 'session=abcdef', authorization: 'Bearer abcdefgh', server: 'x', etag: '"1"' }),
  ])
  expect(cassette.exchanges).toEqual([
    {
      request: { method: 'GET', url: 'https://api.example/items', headers: { accept: 'application/json' } },
      answer: { status: 200, headers: { etag: '"1"' }, body: { json: {} } },
    },
  ])
  expect(text).not.toMatch(/secret|certificate|private|session|abcdef/)
  expect(headersLeftOut).toEqual(['authorization', 'server', 'set-cookie'])
})

test('a secret that is known only from a later exchange is blanked in the earlier ones, and in what was recorded before', async () => {
  const { net } = await recorded(
    [ask(), answer({ note: plainSecret })],
    [ask({ credential: { authorization: `Bearer ${plainSecret}` } }), answer({})],
  )
  const before: Cassette = {
    clawlinkCassette: 1,
    exchanges: [
      {
        request: { method: 'GET', url: 'https://a.example/', headers: {} },
        answer: { status: 200, headers: {}, body: { text: plainSecret } },
      },
    ],
  }
  const { cassette, blanked } = net.cassette(before)
  expect(formatCassette(cassette)).not.toContain(plainSecret)
  expect(cassette.exchanges).toHaveLength(3)
  expect(blanked.credentials).toBe(2)
})

test('a token endpoint leaves only what is known to be harmless, in forms and in JSON, asked and answered', async () => {
  const fields = {
    code: 'c0de-value',
    code_verifier: 'ver-value',
    client_secret: 'cs-value',
    refresh_token: 'rt-value',
    assertion: 'as-value',
    password: 'pw-value',
    custom_ticket: 'tk-value',
    device_code: 'dc-value',
  }
  const asked = { grant_type: 'authorization_code', client_id: 'my-app', scope: 'a b', ...fields }
  const told = {
    access_token: 'at-value',
    refresh_token: 'rt-value',
    id_token: 'it-value',
    token_type: 'bearer',
    expires_in: 3600,
    weird: { inner: 'in-value' },
  }
  const tokenUrl = { method: 'POST', url: 'https://id.example/token' }
  const { cassette, text } = await recorded(
    [ask({ ...tokenUrl, body: String(new URLSearchParams(asked)) }), answer(told)],
    [
      ask({ ...tokenUrl, body: JSON.stringify(asked) }),
      answer(String(new URLSearchParams({ access_token: 'at-value', x: 'y-value' })), { 'content-type': 'text/html' }),
    ],
    [ask({ ...tokenUrl, body: 'user=me' }), answer('oauth_token=ot-value&oauth_token_secret=os-value')],
  )
  expect(text).not.toMatch(/-value/)
  expect(text).toMatch(/grant_type=authorization_code&client_id=my-app&scope=a\+b&code=•••/)
  expect(cassette.exchanges[0]?.answer).toMatchObject({
    body: { json: { access_token: '•••', token_type: 'bearer', expires_in: 3600, weird: { inner: '•••' } } },
  })
})

test.each([
  [
    'a field of JSON',
    { body: JSON.stringify({ user: { api_key: 'hidden-1', 'Client-Secret': 'hidden-2', pin: { password: 1 } } }) },
  ],
  ['JSON that breaks off', { body: '{"accessToken": "hidden\\"-1", "apiKey":"hidden-2' }],
  ['JSON within JSON', { body: JSON.stringify({ payload: JSON.stringify({ secret: 'hidden-1', a: 1 }) }) }],
  ['XML', { body: '<a><wsse:Password>hidden-1</wsse:Password><token><![CDATA[hidden-2]]></token></a>' }],
  ['multipart', { body: '--b\r\ncontent-disposition: form-data; name="api_key"\r\n\r\nhidden-1\r\n--b--' }],
  ['a parameter', { url: 'https://files.example/f?X-Amz-Signature=hidden-1&sig=hidden-2&page=2' }],
  ['a password in a URL', { url: 'https://me:hidden-1@files.example/f' }],
  ['a JWT', { body: 'see eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJoaWRkZW4ifQ.hidden-1 there' }],
  ['a private key', { body: '-----BEGIN PRIVATE KEY-----\nhidden-1\n-----END PRIVATE KEY-----' }],
  ['a known beginning', { body: `x sk_live_${'hidden'.repeat(5)} y` }],
  ['a key of ClawLink', { body: `cllk_live_${'hidden'.repeat(5)}` }],
  ['an authorization value', { body: 'curl -H "authorization: Bearer hidden-hidden-1"' }],
])('%s that holds a secret by its name or shape is blanked', async (_, request) => {
  const { net, cassette, text, blanked } = await recorded([ask({ method: 'PUT', ...request }), answer({})])
  expect(text).not.toMatch(/hidden/)
  expect(blanked.fields + blanked.tokens).toBeGreaterThan(0)
  // What was blanked is not blanked again.
  expect(net.cassette(cassette).blanked).toEqual(blanked)
})

test('the name beside a password is no secret', async () => {
  const credential = { authorization: `Basic ${Buffer.from(`user:${plainSecret}`).toString('base64')}` }
  const { cassette } = await recorded([ask({ credential }), answer({ user: 'user' })])
  expect(cassette.exchanges[0]?.answer).toMatchObject({ body: { json: { user: 'user' } } })
})

test('what is no secret stays as it was: dates, ids, codes, tokens of pages', async () => {
  const body = {
    id: 'msg_00001',
    code: 'not_found',
    created: '2026-01-02T03:04:05Z',
    nextPageToken: 'abc',
    count: 2,
    ok: true,
    none: null,
    keyboard: 'k',
  }
  const { cassette, blanked } = await recorded([
    ask({ url: 'https://api.example/items?pageToken=abc&code=7' }),
    answer(body, { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'x-ratelimit-remaining': '3' }),
  ])
  expect(cassette.exchanges[0]?.answer).toMatchObject({
    body: { json: body },
    headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'x-ratelimit-remaining': '3' },
  })
  expect(cassette.exchanges[0]?.request.url).toBe('https://api.example/items?pageToken=abc&code=7')
  expect(blanked).toEqual({ credentials: 0, fields: 0, tokens: 0 })
})

test('files that stream out and in are recorded by their size alone, and played as so many bytes', async () => {
  const body: BodySource = {
    bytes: 9,
    async *open() {
      yield Buffer.from('hidden in')
    },
  }
  const sink: Sink = {
    bytesMax: 1e9,
    async take(_, content) {
      let bytes = 0
      for await (const piece of content) bytes += piece.length
      return bytes
    },
  }
  const request = ask({ method: 'PUT', body, sink })
  const result: WireResult = { ...answered, body: Buffer.alloc(0), sunk: { bytes: 100_000, value: 'kept' } }
  const { cassette, text } = await recorded([request, result])
  expect(text).not.toContain('hidden')
  expect(cassette.exchanges).toMatchObject([
    { request: { body: { stream: 9 } }, answer: { body: { stream: 100_000 } } },
  ])
  const net = replayingNet(cassette, { repeat: true })
  expect(await net.send(request)).toEqual({
    ...answered,
    body: Buffer.alloc(0),
    sunk: { bytes: 100_000, value: 100_000 },
  })
  const other = { ...body, bytes: 10 }
  await expect(net.send({ ...request, body: other })).rejects.toThrow('body.stream: recorded 9, asked 10')
})

test('a request to a place inside is not recorded', async () => {
  const { cassette } = await recorded([ask({ inside: true }), answer({ secret: plainSecret })])
  expect(cassette.exchanges).toEqual([])
})

const bodies: [string, WireResult][] = [
  ['JSON', answer({ a: [1, 'ü', null, true, 1.5, -0.25, 1e21], b: {} })],
  ['a number that JSON would round', answer('{"id":12345678901234567890,"price":1.50}')],
  ['text', answer('line\r\nline ü')],
  ['JSON that breaks off', answer('{"id":"msg_1')],
  ['a JSON text that is a number', answer('17')],
  ['bytes', answer(Buffer.from([0, 255, 128, 10]))],
  ['nothing', answer('')],
  ['a refusal', answer({ error: 'no' }, { 'retry-after': '3' }, 429)],
  ['a loss', { kind: 'lost', reached: 'maybe_sent', reason: 'timeout', message: 'No complete answer in time.' }],
]

test.each(bodies)(
  '%s is played as it was recorded, and recording what is played gives the same file',
  async (_, result) => {
    const { text } = await recorded([ask(), result])
    const cassette = parseCassette(text)
    if (cassette instanceof Fault) throw cassette
    const net = recordingNet(replayingNet(cassette))
    expect(await net.send(ask())).toEqual(result)
    expect(formatCassette(net.cassette().cassette)).toBe(text)
  },
)

describe('replay', () => {
  const post = (body: unknown) => ask({ method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })
  const play = async (options?: { repeat?: boolean }) => {
    const { cassette } = await recorded(
      [ask(), answer({ nth: 1 })],
      [ask(), answer({ nth: 2 })],
      [post({ title: 'One', tags: ['a', 'b'] }), answer({ made: 1 }, {}, 201)],
    )
    return replayingNet(cassette, options)
  }
  const said = (result: WireResult) => (result.kind === 'answered' ? JSON.parse(String(result.body)) : result)

  test('plays equal requests in the order of recording, each once', async () => {
    const net = await play()
    expect(net.left()).toHaveLength(3)
    expect([said(await net.send(ask())), said(await net.send(ask()))]).toEqual([{ nth: 1 }, { nth: 2 }])
    await expect(net.send(ask())).rejects.toThrow(
      'The cassette has GET https://api.example/items 2 times, and all of them are played.',
    )
    expect(net.left()).toHaveLength(1)
    expect(net.unmatched).toHaveLength(1)
  })

  test('plays the last of equal ones again only when told to', async () => {
    const net = await play({ repeat: true })
    const all = [await net.send(ask()), await net.send(ask()), await net.send(ask()), await net.send(ask())]
    expect(all.map(said).map(({ nth }) => nth)).toEqual([1, 2, 2, 2])
  })

  test('compares JSON by what it says, and the order of a list counts', async () => {
    const net = await play()
    expect(said(await net.send(post('{ "tags": ["a", "b"], "title": "One" }')))).toEqual({ made: 1 })
    await expect((await play()).send(post({ title: 'One', tags: ['b', 'a'] }))).rejects.toThrow('body.tags.0')
  })

  test.each([
    [
      'another path',
      ask({ url: 'https://api.example/other' }),
      ['GET https://api.example/items', 'url: recorded "https://api.example/items", asked "https://api.example/other"'],
    ],
    [
      'another query',
      ask({ url: 'https://api.example/items?page=2' }),
      ['url: recorded "https://api.example/items", asked "https://api.example/items?page=2"'],
    ],
    ['another method', ask({ method: 'DELETE' }), ['method: recorded "GET", asked "DELETE"']],
    [
      'another value',
      post({ title: 'Two', tags: ['a', 'b'] }),
      ['POST https://api.example/items', 'body.title: recorded "One", asked "Two"'],
    ],
    ['a field too many', post({ title: 'One', tags: ['a', 'b'], x: 1 }), ['body.x: recorded nothing, asked 1']],
    ['a field too few', post({ title: 'One' }), ['body.tags: recorded ["a","b"], asked nothing']],
    ['no body', ask({ method: 'POST' }), ['asked nothing']],
  ])('refuses %s and says what the nearest one has otherwise', async (_, request, told) => {
    const net = await play()
    const refusal = await net.send(request).catch(String)
    for (const words of told) expect(refusal).toContain(words)
    expect(net.left()).toHaveLength(3)
  })

  test('takes any text where one was blanked, and says no secret of what does not fit', async () => {
    const credential = { authorization: `Bearer ${plainSecret}` }
    const { cassette } = await recorded([
      ask({
        credential,
        url: `https://api.example/${plainSecret}/me`,
        method: 'POST',
        body: JSON.stringify({ key: plainSecret, a: 1 }),
      }),
      answer({}),
    ])
    const other = 'AnotherSecretOfAnotherTest'
    const sent = (a: number) =>
      ask({
        credential: { authorization: `Bearer ${other}` },
        url: `https://api.example/${other}/me`,
        method: 'POST',
        body: JSON.stringify({ key: other, a }),
      })
    const refusal = await replayingNet(cassette).send(sent(2)).catch(String)
    expect(refusal).toContain('body.a: recorded 1, asked 2')
    expect(refusal).not.toContain(other)
    expect(await replayingNet(cassette).send(sent(1))).toMatchObject({ status: 200 })
  })

  test('gives tokens that were blanked as texts that a header can carry', async () => {
    const request = ask({ method: 'POST', body: 'grant_type=refresh_token&refresh_token=abcdef' })
    const { cassette } = await recorded([request, answer({ access_token: 'secret-token', expires_in: 60 })])
    expect(said(await replayingNet(cassette).send(request))).toEqual({ access_token: 'blanked', expires_in: 60 })
  })
})

test.each([
  ['no JSON', 'x', 'not JSON'],
  ['another version', '{"clawlinkCassette":2,"exchanges":[]}', 'clawlinkCassette'],
  [
    'a field that nobody knows',
    '{"clawlinkCassette":1,"exchanges":[{"request":{"method":"GET","url":"https://a.example","headers":{},"credential":{}},"answer":{"status":200,"headers":{}}}]}',
    'credential',
  ],
])('a file with %s is refused', (_, text, named) => {
  expect(parseCassette(text)).toMatchObject({ code: 'validation_error', message: expect.stringContaining(named) })
})
