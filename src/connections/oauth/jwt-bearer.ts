import type { JwtBearer } from '../../catalog/auth.ts'
import { fillText } from '../../catalog/fill-url.ts'
import { valueAt } from '../../catalog/paths.ts'
import { Fault } from '../../core/errors.ts'
import { jsonOrUndefined } from '../../core/json.ts'
import { fillParams, type Known, type Params, withoutEmpty } from './fill-params.ts'
import { signJwt } from './sign-jwt.ts'

/** How long an assertion is good for: one request, and no longer than the strictest providers take (a minute). */
export const assertionLifetimeS = 55

/** The parts with those that the provider's key file fills, where the file itself is what is stored. */
export function withFileParts({ file }: JwtBearer, parts: Params): Params {
  const json = file && parts[file.field] ? jsonOrUndefined(parts[file.field] ?? '') : undefined
  if (!file || json === undefined) return parts
  const found = Object.entries(file.parts).flatMap(([name, path]) => {
    const value = valueAt(json, path)
    return typeof value === 'string' ? [[name, value]] : []
  })
  return { ...Object.fromEntries(found), ...parts }
}

/** The signed assertion (RFC 7523, 3). `nonce` becomes its `jti`; `url` its audience unless the claims name one. */
export function buildAssertion(
  auth: JwtBearer,
  known: Known,
  { url, nowMs, nonce }: { url: string; nowMs: number; nonce: string },
): string | Fault {
  const claims = fillParams(auth.claims, known)
  if (claims instanceof Fault) return claims
  const nowS = Math.floor(nowMs / 1000)
  const part = auth.key ?? 'private_key'
  const assertion = signJwt({
    algorithm: auth.algorithm,
    key: known(part) ?? '',
    keyId: auth.keyId && (known(auth.keyId) ?? fillText(auth.keyId, known)),
    claims: { aud: url, ...withoutEmpty(claims), iat: nowS, exp: nowS + assertionLifetimeS, jti: nonce },
  })
  const problem = `holds no private key (PEM) for ${auth.algorithm}`
  return (
    assertion ??
    new Fault('validation_error', `${part} ${problem}.`, {
      invalidFields: [{ field: auth.file?.field ?? part, problem }],
    })
  )
}
