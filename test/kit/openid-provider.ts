/** An OpenID provider over real HTTP, whose person and whose mistakes a test chooses (OpenID Connect Core 1.0). */
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'

export type OpenIdProvider = {
  issuer: string
  clientId: string
  clientSecret: string
  /** Who is signed in there; the claims of the ID token beside the usual ones, which they replace. */
  person: JWTPayload
  /** Claims that only the userinfo endpoint tells. */
  more: JWTPayload
  /** What is wrong with its ID tokens. */
  forges: 'nothing' | 'no signature' | 'another key'
  /** Requests that the token endpoint took. */
  exchanges: number
  [Symbol.asyncDispose](): Promise<void>
}

export async function startOpenIdProvider(): Promise<OpenIdProvider> {
  const [key, otherKey] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')]
  const jwk = { ...(await exportJWK(key.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  const asked = new Map<string, URLSearchParams>()

  const server = createServer((request, answer) => {
    serve(request, answer).catch(cause =>
      json(answer, { error: 'server_error', error_description: String(cause) }, 500),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const provider: OpenIdProvider = {
    issuer,
    clientId: 'clawlink',
    clientSecret: 'secret of clawlink at the provider',
    person: { sub: 'ada', email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' },
    more: {},
    forges: 'nothing',
    exchanges: 0,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }

  async function serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', issuer)
    if (url.pathname === '/.well-known/openid-configuration') return json(answer, metadata(issuer))
    if (url.pathname === '/keys') return json(answer, { keys: [jwk] })
    if (url.pathname === '/userinfo') return json(answer, { sub: provider.person.sub, ...provider.more })
    if (url.pathname === '/authorize') {
      const code = randomUUID()
      asked.set(code, url.searchParams)
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.search = String(new URLSearchParams({ code, state: url.searchParams.get('state') ?? '', iss: issuer }))
      answer.writeHead(302, { location: back.href }).end()
      return
    }
    const form = new URLSearchParams(await bodyOf(request))
    const question = asked.get(form.get('code') ?? '')
    asked.delete(form.get('code') ?? '')
    const basic = `Basic ${Buffer.from(`${provider.clientId}:${encodeURIComponent(provider.clientSecret).replaceAll('%20', '+')}`).toString('base64')}`
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (!question || request.headers.authorization !== basic || verifier !== question.get('code_challenge'))
      return json(answer, { error: 'invalid_grant' }, 400)
    provider.exchanges++
    const id_token = await idToken(question.get('nonce') ?? '')
    json(answer, { access_token: randomUUID(), token_type: 'Bearer', expires_in: 60, id_token })
  }

  async function idToken(nonce: string): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const usual = { iss: issuer, aud: provider.clientId, iat: now, exp: now + 300, nonce }
    const claims = { ...usual, ...provider.person }
    if (provider.forges === 'no signature') return new UnsecuredJWT(claims).encode()
    const signing = provider.forges === 'another key' ? otherKey : key
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(signing.privateKey)
  }
  return provider
}

const metadata = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  userinfo_endpoint: `${issuer}/userinfo`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  authorization_response_iss_parameter_supported: true,
})

function json(answer: ServerResponse, value: unknown, status = 200): void {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString('utf8')
}
