import type { Fields } from '../../catalog/auth.ts'
import { fillText } from '../../catalog/fill-url.ts'
import { Fault } from '../../core/errors.ts'
import type { OAuthContext } from './client.ts'

export type Params = Record<string, string>
export type Known = (name: string) => string | undefined

/**
 * What a `{name}` in a parameter or header stands for: what is special to this request, a part of the credential, or what
 * the connection knows. What a person may leave empty counts as empty.
 */
export function whatIsKnown(
  context: Pick<OAuthContext<{ fields?: Fields }>, 'provider' | 'auth' | 'values'>,
  parts: Params,
  special: Params = {},
): Known {
  const asked = { ...context.provider.connector.inputs, ...context.auth.fields }
  return name => special[name] ?? parts[name] ?? context.values[name] ?? (Object.hasOwn(asked, name) ? '' : undefined)
}

/** Templates, filled in. A fault names what is not known, and none of what is. */
export function fillParams(templates: Params | undefined, known: Known): Params | Fault {
  const filled: Params = {}
  for (const [name, template] of Object.entries(templates ?? {})) {
    const text = fillText(template, known)
    if (text === undefined) {
      return new Fault('validation_error', `What the connection knows does not fill the parameter ${name}.`, {
        fix: 'Ask the person to reconnect it.',
      })
    }
    filled[name] = text
  }
  return filled
}

/** Without the parameters that are empty: that is how a definition leaves out one that is usual elsewhere. */
export function withoutEmpty(params: Params): Params {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ''))
}

/**
 * Scopes as one parameter. A `+` between them is a space as forms and queries write it (WHATWG URL, 5.2), so it is a space
 * until then.
 */
export function scopeText(scopes: readonly string[], separator: ' ' | ',' | '+' = ' '): string {
  return scopes.join(separator === '+' ? ' ' : separator)
}

/** A name or value as forms write it (WHATWG URL, 5.2), with no more escapes than a lenient reader needs. */
export const formEncoded = (text: string): string => encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+')
