import type { Configuration } from 'openid-client'
import type { App } from '../../app.ts'
import type { Config } from '../../core/config.ts'
import { isLoopback } from '../../core/is-loopback.ts'
import { createNet } from '../../net/send.ts'
import { fetchBy } from './fetch-by.ts'

type Library = typeof import('openid-client')
export type OidcClient = Library & { provider: Configuration }

/** Whether the settings name a provider that people may sign in at. */
export const isOidcReady = ({ oidcIssuer, oidcClientId }: Config): boolean =>
  oidcIssuer !== undefined && oidcClientId !== undefined

/** Where the provider sends people back to. It has to be registered there exactly so. */
export const redirectUri = (app: App) => `${app.url()}/auth/oidc/callback`

/**
 * Talks to the OpenID provider of the settings (OpenID Connect Discovery 1.0). Its host was named by the owner, so it may
 * be a private one; every other host that its metadata names has to be public. Throws what the library throws.
 */
export async function withOidc<T>({ config, clock }: App, run: (client: OidcClient) => Promise<T>): Promise<T> {
  const { oidcIssuer = '', oidcClientId = '', oidcClientSecret } = config
  const library = await import('openid-client')
  const issuer = new URL(oidcIssuer)
  // A way out of its own, so that what is allowed here is allowed to no connector.
  const net = createNet({ ...config, outboundAllow: [issuer.host] }, clock)
  try {
    const secret = oidcClientSecret?.reveal()
    const metadata = { [library.clockSkew]: Math.round((clock.now() - Date.now()) / 1000) }
    const options = {
      [library.customFetch]: fetchBy(net),
      // The library leaves signatures unchecked otherwise, since TLS says who answered. Without TLS on this machine alone.
      execute: [
        library.enableNonRepudiationChecks,
        ...(isLoopback(issuer.hostname) ? [library.allowInsecureRequests] : []),
      ],
    }
    const provider = await library.discovery(issuer, oidcClientId, metadata, authentication(library, secret), options)
    return await run({ ...library, provider })
  } finally {
    await net.close()
  }
}

/** In the body where the provider says that it takes it there, else in the header, which every provider has to take. */
function authentication(library: Library, secret: string | undefined): ReturnType<Library['None']> {
  if (secret === undefined) return library.None()
  return (server, ...rest) => {
    const inBody = server.token_endpoint_auth_methods_supported?.includes('client_secret_post')
    const how = inBody ? library.ClientSecretPost(secret) : library.ClientSecretBasic(secret)
    return how(server, ...rest)
  }
}
