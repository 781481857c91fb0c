/** A provider whose access tokens end, with a token endpoint that tests play: rotation, reuse, refusals, late answers. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { apiKey, clientCredentials, connector, oauth2, tool } from '../../src/catalog/define.ts'
import { serve } from './serve.ts'

/** The connector for it. Its OAuth app comes with it, as a practice provider's may. */
export const practice = connector({
  name: 'Practice',
  about: 'A provider to practise renewing with.',
  auth: [
    oauth2({
      authorize: '{base}/authorize',
      token: '{base}/token',
      scopes: ['read'],
      client: { id: 'practice', secret: 'practice-secret' },
    }),
    clientCredentials({ token: '{base}/token', label: 'client credentials', scopes: ['read'] }),
    apiKey({ label: 'API key' }),
  ],
  account: { request: 'GET /me', id: 'id', label: 'name' },
  api: {
    base: 'http://127.0.0.1:9',
    errors: [{ status: 403, body: [[], 'Bad_Token'], code: 'authentication_failed' }],
  },
  tools: {
    look: tool({ about: 'Look at things.', input: {}, request: 'GET /things' }),
    closed: tool({ about: 'What this account may not use.', input: {}, request: 'GET /closed' }),
  },
})

/** How one token request is played. `hold`: carried out at once, answered at `release`. `lose`: carried out, then hung up. */
export type Play =
  | { kind: 'hold' }
  | { kind: 'lose' }
  | { kind: 'refuse'; status: number; error?: string; retryAfter?: number }

export type RefreshProvider = {
  url: string
  /** The refresh token, or the grant type of those without one, of every token request, in order. */
  asked: string[]
  /** How many requests each path of the API got. */
  used: Map<string, number>
  /** A new sign-in of the one account. */
  signIn(): { access_token: string; refresh_token: string }
  /** The next token requests are played like this. */
  play(...plays: Play[]): void
  forgetPlays(): void
  /** Resolves once so many token requests were carried out in all. */
  arrived(count: number): Promise<void>
  /** Answers what is held. */
  release(): void
  held(): number
  /** Forgets all sign-ins, as when the person takes the permission back. */
  revokeAll(): void
  /** From now on refuses every access token but those that it makes later. */
  revokeAccess(): void
  /** Whether a refresh token would be taken now. */
  takes(refreshToken: string): boolean
  /** How many refresh tokens would be taken now. */
  liveCount(): number
  [Symbol.asyncDispose](): Promise<void>
}

export type RefreshProviderOptions = {
  now: () => number
  lifetimeS?: number
  /** `rotate`: each refresh token works once, and using it again ends the whole sign-in. */
  rotation?: 'none' | 'rotate'
  /** For how long after its use a refresh token is taken once more; what was given for it before then counts no more. */
  reuseWindowMs?: number
  /** Whether an answer names its refresh token again. */
  namesRefreshToken?: boolean
  /** The scope that an answer to a refresh names. */
  scope?: string
}

type Token = { chain: number; usedAt: number | undefined; next: string | undefined; live: boolean }

export async function startRefreshProvider(options: RefreshProviderOptions): Promise<RefreshProvider> {
  const { now, lifetimeS = 3600, rotation = 'rotate', reuseWindowMs = 0, namesRefreshToken = true } = options
  const asked: string[] = []
  const used = new Map<string, number>()
  const refreshTokens = new Map<string, Token>()
  const accessTokens = new Map<string, number>()
  const plays: Play[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  let heldAnswers: (() => void)[] = []
  let made = 0

  const newAccess = () => {
    const token = `access-${++made}`
    accessTokens.set(token, now() + lifetimeS * 1000)
    return token
  }
  const newRefresh = (chain: number) => {
    const token = `refresh-${++made}`
    refreshTokens.set(token, { chain, usedAt: undefined, next: undefined, live: true })
    return token
  }
  const endChain = (chain: number) => {
    for (const token of refreshTokens.values()) if (token.chain === chain) token.live = false
  }

  /** Carries out a refresh; the refresh token that goes on, or undefined when it is refused. */
  function refresh(token: string): string | undefined {
    const known = refreshTokens.get(token)
    if (!known?.live) return undefined
    if (rotation === 'none') return token
    const before = known.next ? refreshTokens.get(known.next) : undefined
    if (known.usedAt !== undefined && (now() - known.usedAt >= reuseWindowMs || before?.usedAt !== undefined)) {
      endChain(known.chain)
      return undefined
    }
    if (before) before.live = false
    known.usedAt ??= now()
    known.next = newRefresh(known.chain)
    return known.next
  }

  function tokenAnswer(params: URLSearchParams): { status: number; body: object } {
    const refreshToken = params.get('refresh_token')
    asked.push(refreshToken ?? params.get('grant_type') ?? '')
    for (const each of waiting.filter(({ count }) => asked.length >= count)) each.resolve()
    const token = { token_type: 'Bearer', expires_in: lifetimeS }
    if (refreshToken === null) return { status: 200, body: { access_token: newAccess(), ...token } }
    const next = refresh(refreshToken)
    if (next === undefined) return { status: 400, body: { error: 'invalid_grant' } }
    const named = { ...(namesRefreshToken && { refresh_token: next }), ...(options.scope && { scope: options.scope }) }
    return { status: 200, body: { access_token: newAccess(), ...token, ...named } }
  }

  async function answerToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const params = new URLSearchParams(await text(request))
    const play = plays.shift()
    if (play?.kind === 'refuse') {
      asked.push(params.get('refresh_token') ?? params.get('grant_type') ?? '')
      for (const each of waiting.filter(({ count }) => asked.length >= count)) each.resolve()
      const { status, error = 'server_error', retryAfter } = play
      return send(response, status, { error }, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
    }
    const { status, body } = tokenAnswer(params)
    if (play?.kind === 'lose') return void request.socket.destroy()
    if (play?.kind === 'hold') heldAnswers.push(() => send(response, status, body))
    else send(response, status, body)
  }

  const { url, close } = await serve((request, response) => {
    const path = request.url ?? ''
    if (path === '/token') return void answerToken(request, response)
    used.set(path, (used.get(path) ?? 0) + 1)
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    if (token === 'dead-key') return response.writeHead(403, { 'content-type': 'text/plain' }).end('Bad_Token')
    if (token === 'weak-key') return send(response, 403, { error: 'forbidden' })
    const isGood = (accessTokens.get(token) ?? 0) > now() || token === 'good-key'
    if (!isGood || path === '/closed') return send(response, 401, { error: 'unauthorized' })
    send(response, 200, path === '/me' ? { id: 'acct_1', name: 'ada@example.com' } : { things: [numberOf(token)] })
  })
  return {
    url,
    asked,
    used,
    signIn: () => ({ access_token: newAccess(), refresh_token: newRefresh(++made) }),
    play: (...more) => void plays.push(...more),
    forgetPlays: () => void plays.splice(0),
    arrived: count => new Promise(resolve => (asked.length >= count ? resolve() : waiting.push({ count, resolve }))),
    release() {
      for (const answer of heldAnswers.splice(0)) answer()
    },
    held: () => heldAnswers.length,
    revokeAll() {
      for (const token of refreshTokens.values()) token.live = false
      accessTokens.clear()
    },
    revokeAccess: () => accessTokens.clear(),
    takes: token => isLive(refreshTokens.get(token)),
    liveCount: () => [...refreshTokens.values()].filter(isLive).length,
    async [Symbol.asyncDispose]() {
      heldAnswers = []
      await close()
    },
  }
}

/** Tells tokens apart without giving them away. */
export const numberOf = (token: string): number => Number(token.split('-')[1])

const isLive = (token: Token | undefined): boolean => token?.live === true && token.usedAt === undefined

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string | number> = {}) {
  if (!response.destroyed)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
