import type { Config } from './config.ts'

/** Where people and agents reach ClawLink, without a slash at the end. `port` is the one it listens on, when that is known. */
export function ownUrl(
  { publicUrl, host, port }: Pick<Config, 'publicUrl' | 'host' | 'port'>,
  listening = port,
): string {
  return publicUrl ?? `http://${hostForUrl(host)}:${listening}`
}

/** An address that can be typed into a browser: the wildcard ones cannot. */
function hostForUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
