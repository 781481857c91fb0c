import type { Config } from '../../core/config.ts'

const loopback = ['localhost', '127.0.0.1']

/**
 * The URLs that are this server's MCP endpoint, the usual one first. Tokens for any of them are accepted, and for nothing
 * else (RFC 8707). A server that listens here for this machine alone goes by both its names. One with a public URL
 * goes by that only: on another machine `localhost` is another server, whose tokens must not work here.
 */
export function ownResources({ publicUrl, allowedHosts }: Pick<Config, 'publicUrl' | 'allowedHosts'>, url: string) {
  const { protocol, hostname, port } = new URL(url)
  const names = [...(loopback.includes(hostname) ? loopback : []), ...(publicUrl === undefined ? allowedHosts : [])]
  const origins = names.map(name => `${protocol}//${name}${port && `:${port}`}`)
  return [...new Set([url, ...origins])].map(origin => `${origin}/mcp`)
}

/** The one of `resources` that a client means which asked this host; the usual one when it is none of them. Pure. */
export function resourceAt(resources: readonly string[], host: string | undefined): string {
  const [usual = ''] = resources
  return resources.find(resource => new URL(resource).host === host?.toLowerCase()) ?? usual
}
