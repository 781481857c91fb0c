import { oauthScope } from '../../accounts/grants/make-grant.ts'

/** Where the authorization server answers. A device's person goes to `device`, a page of the web app. */
export const oauthPaths = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  registration: '/oauth/register',
  revocation: '/oauth/revoke',
  device_authorization: '/oauth/device-authorization',
  jwks: '/oauth/jwks',
  code_verification: '/device',
} as const

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
export const grantTypes: readonly string[] = ['authorization_code', 'refresh_token', deviceGrant]
export const clientAuthMethods = ['none', 'client_secret_basic', 'client_secret_post'] as const

/** Authorization Server Metadata (RFC 8414, RFC 9207, CIMD). `issuer` is the URL of ClawLink, byte for byte. */
export function serverMetadata(issuer: string, { clientDocuments }: { clientDocuments: boolean }) {
  return {
    issuer,
    authorization_endpoint: issuer + oauthPaths.authorization,
    token_endpoint: issuer + oauthPaths.token,
    registration_endpoint: issuer + oauthPaths.registration,
    revocation_endpoint: issuer + oauthPaths.revocation,
    device_authorization_endpoint: issuer + oauthPaths.device_authorization,
    jwks_uri: issuer + oauthPaths.jwks,
    scopes_supported: [oauthScope],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: grantTypes,
    token_endpoint_auth_methods_supported: clientAuthMethods,
    revocation_endpoint_auth_methods_supported: clientAuthMethods,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    ...(clientDocuments && { client_id_metadata_document_supported: true }),
  }
}

/** Protected Resource Metadata (RFC 9728). */
export function resourceMetadata(issuer: string, resource: string) {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: [oauthScope],
    bearer_methods_supported: ['header'],
    resource_name: 'ClawLink',
  }
}

/** `WWW-Authenticate` of a refusal at the MCP endpoint (RFC 6750, 3; RFC 9728, 5.1): where to find out how to get a token. */
export function challenge(resource: string, error: 'none' | 'invalid_token' | 'insufficient_scope'): string {
  const document = `${new URL(resource).origin}/.well-known/oauth-protected-resource/mcp`
  const named = error === 'none' ? '' : `error="${error}", `
  return `Bearer ${named}resource_metadata="${document}", scope="${oauthScope}"`
}
