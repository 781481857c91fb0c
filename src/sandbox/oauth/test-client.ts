import { createHash, randomBytes } from 'node:crypto'
import { type Choice, signIn } from '../sign-in.ts'
import type { Sandbox } from '../start.ts'
import { oauthClient } from './client.ts'

/** The way back to a ClawLink on this machine. */
export const callback = 'http://127.0.0.1:7070/connect/callback'
export const everything = 'mail issues payments offline_access'
export const verifier = randomBytes(32).toString('base64url')
const challenge = createHash('sha256').update(verifier).digest('base64url')

/** The URL of an authorization request; undefined leaves a parameter out. */
export function authorization(sandbox: Sandbox, params: Record<string, string | undefined> = {}): URL {
  const url = new URL('/oauth/authorize', sandbox.url)
  const all = {
    response_type: 'code',
    client_id: oauthClient.clientId,
    redirect_uri: callback,
    scope: everything,
    state: 'st_1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...params,
  }
  for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value)
  return url
}

/** One form from the registered client. `json` is loose, as JSON.parse gives it. */
export async function post(sandbox: Sandbox, path: string, fields: Record<string, string>) {
  const { clientId: client_id, clientSecret: client_secret } = sandbox.oauth
  const response = await fetch(sandbox.url + path, {
    method: 'POST',
    body: new URLSearchParams({ client_id, client_secret, ...fields }),
  })
  const text = await response.text()
  return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : undefined }
}

export const redeem = (sandbox: Sandbox, code: string, fields = {}) =>
  post(sandbox, '/oauth/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    code_verifier: verifier,
    ...fields,
  })

export const refresh = (sandbox: Sandbox, token: string, fields = {}) =>
  post(sandbox, '/oauth/token', { grant_type: 'refresh_token', refresh_token: token, ...fields })

/** What a person's decision at the page gives. */
export async function code(sandbox: Sandbox, choice: Choice = {}): Promise<string> {
  const { location } = await signIn(authorization(sandbox), choice)
  return location?.searchParams.get('code') ?? ''
}

/** The answer of the token endpoint after a whole sign-in. */
export const connect = async (sandbox: Sandbox, choice: Choice = {}) =>
  (await redeem(sandbox, await code(sandbox, choice))).json
