import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { JWKS } from 'oidc-provider'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { sealOnce } from '../../vault/sealed-rows.ts'

/** What the authorization server signs with: its cookies, and its (so far unused) tokens. */
export type ServerKeys = { cookies: string[]; jwks: JWKS }

/** Made once for a database and sealed in it. Processes that start at the same time end with the same keys. */
export async function serverKeys(app: App): Promise<ServerKeys> {
  const [cookies, jwks] = await Promise.all([
    keptOnce<string[]>(app, 'oauth_cookie_keys', () => [randomBytes(32).toString('base64url')]),
    keptOnce<JWKS>(app, 'oauth_jwks', () => ({ keys: [newSigningKey()] })),
  ])
  return { cookies, jwks }
}

function newSigningKey(): JWKS['keys'][number] {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }
}

async function keptOnce<T>({ db, vault }: App, id: string, make: () => T): Promise<T> {
  const kept = await sealOnce(db, vault, { id, workspaceId: '' }, () => JSON.stringify(make()))
  if (kept instanceof Fault) throw new Error(`the row ${id} of seals does not open`)
  return JSON.parse(kept.reveal())
}
