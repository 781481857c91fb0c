/** A program that wants in by OAuth, sending exactly what a test says. */
import { hash, randomBytes } from 'node:crypto'
import type { Browser } from './browser.ts'
import type { TestClawLink } from './clawlink.ts'

export type Json = Record<string, unknown>
export type JsonAnswer = { status: number; headers: Headers; body: Json }

/** What OpenClaw 2026.9.6 registers with. */
export const openClawRegistration = {
  client_name: 'OpenClaw MCP',
  redirect_uris: ['http://127.0.0.1:8989/oauth/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  scope: 'mcp',
}

/** What a person grants, unless a test says otherwise. */
export const everything = { environment: 'live', scope: {} }

async function postJson(claw: TestClawLink, path: string, body: unknown): Promise<JsonAnswer> {
  return parsed(
    await claw.http({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
    }),
  )
}

export async function postForm(
  claw: TestClawLink,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<JsonAnswer> {
  return parsed(
    await claw.http({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers },
      body: new URLSearchParams(form).toString(),
    }),
  )
}

export async function getJson(claw: TestClawLink, path: string, headers: Record<string, string> = {}) {
  return parsed(await claw.http({ method: 'GET', path, headers }))
}

const parsed = ({ status, headers, text }: { status: number; headers: Headers; text: string }): JsonAnswer => ({
  status,
  headers,
  body: text.startsWith('{') ? JSON.parse(text) : {},
})

export const register = (claw: TestClawLink, body: Json = openClawRegistration) =>
  postJson(claw, '/oauth/register', body)

export type Attempt = {
  clientId: string
  redirectUri: string
  resource: string
  verifier: string
  state: string
  /** Where the browser was sent. */
  answer: { status: number; location: string; text: string; headers: Headers }
  /** Of the request that now waits for the person; empty when there is none. */
  uid: string
}

/** Sends a browser to the authorization endpoint. `change` replaces parameters; undefined leaves one out. */
export async function authorize(
  claw: TestClawLink,
  browser: Browser,
  {
    clientId,
    redirectUri = openClawRegistration.redirect_uris[0] ?? '',
    resource = `${claw.app.url()}/mcp`,
    change = {},
  }: { clientId: string; redirectUri?: string; resource?: string; change?: Record<string, string | undefined> },
): Promise<Attempt> {
  const verifier = randomBytes(32).toString('base64url')
  const state = randomBytes(8).toString('hex')
  const asked: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
    state,
    resource,
    scope: 'mcp',
    ...change,
  }
  const query = new URLSearchParams(
    Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  const answer = await browser.visit(`/oauth/authorize?${query}`)
  const uid = /\/consent\/([\w-]+)$/.exec(answer.location)?.[1] ?? ''
  return { clientId, redirectUri, resource, verifier, state, answer, uid }
}

export const challengeOf = (verifier: string) => hash('sha256', verifier, 'base64url')

/** The person allows it; gives where the browser ends: at the client's redirect. */
export async function approve(
  browser: Browser,
  { uid }: { uid: string },
  workspaceId: string,
  terms: Json = everything,
): Promise<URL> {
  const approved = await browser.rest('POST', `/oauth/interactions/${uid}/approve`, { workspaceId, ...terms })
  if (approved.status !== 200) throw new Error(approved.text)
  const { location } = await browser.visit(String(approved.body.location))
  return new URL(location)
}

/** Changes a code for tokens. */
export function exchange(claw: TestClawLink, attempt: Attempt, code: string, change: Record<string, string> = {}) {
  const { clientId, redirectUri, resource, verifier } = attempt
  return postForm(claw, '/oauth/token', {
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    resource,
    ...change,
  })
}

export function refresh(claw: TestClawLink, clientId: string, token: unknown, change: Record<string, string> = {}) {
  return postForm(claw, '/oauth/token', {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: String(token),
    resource: `${claw.app.url()}/mcp`,
    ...change,
  })
}

export type LetIn = { clientId: string; attempt: Attempt; code: string; tokens: Json }

/** The whole way from a registration to tokens. */
export async function letIn(
  claw: TestClawLink,
  browser: Browser,
  { registration = openClawRegistration, terms = everything }: { registration?: Json; terms?: Json } = {},
): Promise<LetIn> {
  const { body } = await register(claw, registration)
  const clientId = String(body.client_id)
  const attempt = await authorize(claw, browser, { clientId })
  const callback = await approve(browser, attempt, claw.app.workspaceId, terms)
  const code = callback.searchParams.get('code') ?? ''
  const tokens = await exchange(claw, attempt, code)
  return { clientId, attempt, code, tokens: tokens.body }
}

/** Whether a token opens the MCP endpoint: the status of a `tools/list`. */
export async function mcpStatus(claw: TestClawLink, token: unknown, headers: Record<string, string> = {}) {
  const { status } = await claw.mcp('tools/list', {}, { authorization: `Bearer ${token}`, ...headers })
  return status
}
