import { blankSecrets, mask } from '../core/secret.ts'
import { decoded, withoutSecret } from './cassette-secrets.ts'

/** How often something was blanked, by why. */
export type Blanked = {
  /** A credential that was sent, wherever else it stood. */
  credentials: number
  /** A field or parameter that by its name holds a secret, or that belongs to a token endpoint. */
  fields: number
  /** A text that looks like a token, key or password in a URL. */
  tokens: number
}

/** Blanks texts and JSON values. `tokenExchange`: of a token endpoint, where all is secret but what is known not to be. */
export type Scrub = {
  text(text: string, tokenExchange?: boolean): string
  json(value: unknown, tokenExchange?: boolean): unknown
  readonly blanked: Blanked
}

/** `secrets`: the credentials, to be found wherever they stand. What was scrubbed before stays as it is. */
export function createScrub(secrets: Iterable<string>): Scrub {
  const blanked: Blanked = { credentials: 0, fields: 0, tokens: 0 }
  // Longest first: a short one may be a part of another.
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length)
  const blank = (why: keyof Blanked) => () => {
    blanked[why]++
    return mask
  }

  function text(given: string, tokenExchange = false): string {
    const known = longestFirst.reduce((left, secret) => withoutSecret(left, secret, blank('credentials')), given)
    const named = namedValues.reduce(
      (left, way) =>
        left.replace(way, (all: string, before: string, name: string, between: string, value: string) => {
          if (value === mask || !isSecretName(decoded(name), tokenExchange)) return all
          return `${before}${name}${between}${blank('fields')()}`
        }),
      known,
    )
    const shaped = tokenShapes.reduce((left, shape) => left.replace(shape, blank('tokens')), named)
    const last = blankSecrets(shaped.replace(urlPassword, (_, before: string) => `${before}${blank('tokens')()}@`))
    if (last !== shaped && last.split(mask).length > shaped.split(mask).length) blanked.tokens++
    return last
  }

  function json(value: unknown, tokenExchange = false, secret = false): unknown {
    if (Array.isArray(value)) return value.map(each => json(each, tokenExchange, secret))
    if (value !== null && typeof value === 'object') {
      const entries = Object.entries(value).map(([name, each]) => [
        text(name),
        json(each, tokenExchange, secret || isSecretName(name, tokenExchange)),
      ])
      return Object.fromEntries(entries)
    }
    if (typeof value !== 'string' && typeof value !== 'number') return value
    if (secret) return value === mask || value === '' ? value : blank('fields')()
    const scrubbed = text(String(value), tokenExchange)
    return scrubbed === String(value) ? value : scrubbed
  }

  return { text, json: (value, tokenExchange) => json(value, tokenExchange), blanked }
}

/** Names and values in running text, each as `before`, `name`, `between`, `value`. */
const namedValues: readonly RegExp[] = [
  /([?&;\s"']|^)([\w.%[\]-]{1,80})(=\\*["']?)([^&;#\s"'<>\\]+)/g, // URL, form, name="value"
  /(")([\w.:-]{1,80})("\s*:\s*")((?:[^"\\]|\\.)+)/g, // JSON that does not parse, or stands in other text
  /(\\+")([\w.:-]{1,80})(\\+"\s*:\s*\\+")(.+?)(?=\\+"|$)/g, // JSON within a JSON string
  /(<)([\w.:-]{1,80})(>(?:<!\[CDATA\[)?)([^<\]]+)/g, // XML
  /(name=")([\w.:[\]-]{1,80})("[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n)([^\r\n]+)/g, // multipart/form-data
]

/** Shapes of tokens and keys that are known to be ones by their beginning. */
const tokenShapes: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, // JWT, RFC 7519
  /\b(?:gh[opsur]|npm|figd|hf|ntn|dop_v1|lin_(?:api|oauth)|shp(?:at|ca|pa|ss)|whsec|glpat|xox[abeoprs]|xapp|[prs]k)[_-][\w-]{16,}/g,
  /\b[a-z]{3,8}_pat_\w{16,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[\w-]{35}/g,
  /\bya29\.[\w-]{16,}/g,
  /\b1\/\/0[\w-]{20,}/g,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/g,
]

const urlPassword = /(:\/\/[^\s/:@"']*:)(?!•)[^\s/@"']+@/g

/** Names end in these where the value is a secret: of any letter case, and whatever joins their words. */
const secretName =
  /(token|tokensecret|secret|secretkey|password|passwd|passphrase|privatekey|apikey|accesskey|accesskeyid|(amz|goog|oauth)signature)$|^(pwd|sig|signature|assertion|clientassertion|authorization|codeverifier|devicecode|usercode|oauthverifier|samlresponse|xamzcredential|uploadid|cookie|credentials?)$/

/** Tokens that only say where a list goes on. */
const placeInList = /(page|next|prev|previous|continuation|sync|cursor|skip|change|start|resume|scroll|delta)token$/

/** Fields of token endpoints that are no secret (RFC 6749, 4 and 5; RFC 7009; RFC 8628, 3.2). Any other one is blanked. */
const harmless =
  /expires(in|at)?$|^(granttype|responsetype|tokentype|tokentypehint|scopes?|issuedat|createdat|interval|clientid|redirecturi|audience|resource|error|errorcode|errordescription|errormessage|erroruri|message|status|ok|verificationuri|clientassertiontype|codechallengemethod|active)$/

function isSecretName(name: string, tokenExchange: boolean): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (tokenExchange) return !harmless.test(plain)
  return secretName.test(plain) && !placeInList.test(plain)
}

/** Whether a body is one that goes to a token endpoint of OAuth 2.0 or 1.0, or comes from there. */
export const holdsTokenFields = (body: string): boolean => tokenFields.test(body)

const tokenFields =
  /(?:^|[?&"'\s\\])(?:grant_type|client_secret|client_assertion|code_verifier|device_code|access_token|refresh_token|id_token|accessToken|refreshToken|oauth_token|oauth_token_secret|oauth_verifier)[\\"']*\s*[=:]/
