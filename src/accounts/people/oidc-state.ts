import { Secret } from '../../core/secret.ts'
import type { Vault } from '../../vault/vault.ts'

/** What the browser that started a sign-in brings back: only with it the provider's answer is worth anything. */
export type OidcState = {
  state: string
  nonce: string
  codeVerifier: string
  expiresAt: number
  /** Token of the invitation to accept. */
  invitation?: string
  /** The person who is signed in and wants to sign in this way from now on. */
  linkTo?: string
  /** The page that was asked for before. Not checked: it is given back to the sign-in page, which does that. */
  to?: string
}

const subject = { workspaceId: '', connectionId: 'oidc_state', version: 1 }

/** The state as a cookie's value: sealed, so that it can be kept by the browser and read or changed by nobody. */
export function sealState(vault: Vault, state: OidcState): Secret {
  const { ringVersion, text } = vault.seal(subject, new Secret(JSON.stringify(state)))
  return new Secret(`${ringVersion}.${Buffer.from(text, 'base64').toString('base64url')}`)
}

/** The state behind a cookie's value, or undefined when it is none, is over or was changed. */
export function openState(vault: Vault, sealed: string | undefined, nowMs: number): OidcState | undefined {
  const [, version, text = ''] = /^(\d{1,9})\.([\w-]{1,4000})$/.exec(sealed ?? '') ?? []
  if (version === undefined) return undefined
  const base64 = Buffer.from(text, 'base64url').toString('base64')
  const opened = vault.open(subject, { ringVersion: Number(version), text: base64 })
  if (!(opened instanceof Secret)) return undefined
  const state: OidcState = JSON.parse(opened.reveal())
  return nowMs < state.expiresAt ? state : undefined
}
