import type { Auth, Connector } from '../../src/catalog/define.ts'
import { namesIn, type Values } from '../../src/catalog/fill-url.ts'

/** Names of what this way asks for, and what its providers tell until a connection stands; secret parts apart. */
export function knownTo(connector: Connector, auth: Auth): { typed: string[]; told: string[]; secret: string[] } {
  const fields = { ...connector.inputs, ...('fields' in auth ? auth.fields : {}) }
  const typed = Object.keys(fields).filter(name => !fields[name]?.secret)
  const secret = Object.keys(fields).filter(name => fields[name]?.secret)
  if (auth.kind === 'jwt_bearer') secret.push(...Object.keys(auth.file?.parts ?? {}))
  const told = 'keep' in auth ? Object.keys(auth.keep ?? {}) : []
  if (auth.kind === 'oauth2') {
    told.push(...Object.keys(auth.keepFromCallback ?? {}))
    told.push(...(auth.after ?? []).flatMap(({ keep }) => Object.keys(keep)))
  }
  return { typed, told, secret }
}

/** The templates of URLs that this way asks, or sends a browser to. */
export function urlsOf(auth: Auth): string[] {
  const named = ['authorize', 'token', 'refresh', 'device', 'requestToken', 'accessToken'].flatMap(name => {
    const url: unknown = Reflect.get(auth, name)
    return typeof url === 'string' ? [url] : []
  })
  const revoke = 'revoke' in auth ? auth.revoke : undefined
  if (revoke) named.push(typeof revoke === 'string' ? revoke : revoke.url)
  return auth.kind === 'oauth2' ? [...named, ...(auth.after ?? []).map(({ url }) => url)] : named
}

/** What a connection of any way might know: of each thing typed in its example, of each thing told a plain word. */
export function sampleValues(connector: Connector): Values {
  const values: Record<string, string> = { base: connector.api.base }
  const told = Object.keys(connector.account.keep ?? {})
  for (const auth of connector.auth) {
    const fields = { ...connector.inputs, ...('fields' in auth ? auth.fields : {}) }
    for (const [name, { example, default: usual, secret }] of Object.entries(fields))
      if (!secret) values[name] = usual ?? example ?? `sample-${name.replaceAll('_', '-')}`
    told.push(...knownTo(connector, auth).told)
  }
  for (const name of told) values[name] ??= `sample-${name.replaceAll('_', '-')}`
  const first = /^\{(\w+)\}/.exec(connector.api.base)?.[1]
  if (first && first !== 'base')
    values[first] = `https://${connector.hosts?.[0]?.replace('*', 'sample') ?? 'sample.example'}`
  return values
}

/** The host of a URL template as far as it is fixed: `.acme.example` after a placeholder, all of it without one. */
export function fixedHost(template: string): string {
  const host = /^https?:\/\/([^/?#]*)/.exec(template)?.[1] ?? ''
  return namesIn(host).length ? (/[^}]*$/.exec(host)?.[0] ?? '') : host
}
