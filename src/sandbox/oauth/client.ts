/** An app that is registered at the sandbox from the start. Its secret is no secret: it opens made-up accounts alone. */
export type SandboxClient = { clientId: string; clientSecret: string }

export const oauthClient: SandboxClient = { clientId: 'clawlink-sandbox', clientSecret: 'sandbox-app-secret' }

export const oddClient: SandboxClient = { clientId: 'odd-app', clientSecret: 'odd-secret' }

const loopback = ['localhost', '127.0.0.1', '[::1]']

/** Whether the sandbox may send a person back there: to a ClawLink on this machine, or to a URL it was told of. */
export function isRedirectUri(uri: string, told: readonly string[]): boolean {
  if (told.includes(uri)) return true
  const url = URL.parse(uri)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) return false
  return loopback.includes(url.hostname) && url.pathname.endsWith('/connect/callback')
}
