import type { Credential } from '../credential.ts'

/** What is handed in for a token. */
export type Grant =
  | { grant: 'code'; code: string; redirectUri: string; verifier?: string }
  | { grant: 'refresh'; credential: Credential }
  | { grant: 'client_credentials'; credential: Credential }
  | { grant: 'jwt_bearer'; credential: Credential }
  | { grant: 'device'; deviceCode: string }

/** The parts of the credential that the grant is made with; none before there is a credential. */
export function partsOf(grant: Grant): Record<string, string> {
  if (!('credential' in grant)) return {}
  const { credential } = grant
  return Object.fromEntries(credential.names().map(name => [name, credential.reveal(name) ?? '']))
}

/** Every secret text that the grant itself holds. */
export function secretsOf(grant: Grant): string[] {
  if (grant.grant === 'code') return [grant.code, ...(grant.verifier ? [grant.verifier] : [])]
  return grant.grant === 'device' ? [grant.deviceCode] : grant.credential.secrets()
}
