import type { Provider } from '../catalog/catalog.ts'
import type { Auth, Field, Fields } from '../catalog/define.ts'
import { fillUrl, namesIn, type Values } from '../catalog/fill-url.ts'
import { valueAt } from '../catalog/paths.ts'
import { Fault, type InvalidField } from '../core/errors.ts'
import { wrongFields } from '../core/first-of.ts'
import { jsonOrUndefined } from '../core/json.ts'
import { unfitPart } from './apply-credential.ts'
import { keyProblems } from './check-keys.ts'

const charsMax = 8192
const linesCharsMax = 64 * 1024

/** What a person gave, split: `parts` go into the credential, `values` are kept in the open beside it. */
export type GivenValues = { parts: Record<string, string>; values: Values }

/** Everything that this way asks the person for: first what every way of the provider does. */
export function fieldsOf({ connector }: Provider, auth: Auth): Fields {
  return { ...connector.inputs, ...('fields' in auth ? auth.fields : {}) }
}

/**
 * What a person typed in, checked against everything that this way asks for. Pure. A fault names each field that is wrong,
 * and repeats nothing of what was typed.
 */
export function fieldValues(
  provider: Provider,
  auth: Auth,
  given: Readonly<Record<string, string>>,
): GivenValues | Fault {
  const fields = fieldsOf(provider, auth)
  const wrong: InvalidField[] = Object.keys(given)
    .filter(name => !Object.hasOwn(fields, name))
    .map(name => ({ field: name.slice(0, 100), problem: 'is not asked for here' }))
  const parts: Record<string, string> = {}
  const values: Record<string, string> = {}
  const keep = (name: string, value: string) => {
    const isPart = fields[name] ? isSecretPart(auth, name, fields[name]) : true
    Object.assign(isPart ? parts : values, { [name]: value })
  }
  const fromFile = auth.kind === 'jwt_bearer' ? auth.file : undefined
  const filled = new Set(fromFile && given[fromFile.field] ? Object.keys(fromFile.parts) : [])

  for (const [name, field] of Object.entries(fields)) {
    const value = typed(field, given[name]) || (field.default ?? '')
    if (value === '') {
      if (!field.optional && !filled.has(name)) wrong.push({ field: name, problem: 'is missing' })
      continue
    }
    const problem = problemOf(field, value)
    if (problem) wrong.push({ field: name, problem })
    else if (name !== fromFile?.field) keep(name, value)
    else wrong.push(...readFile(fromFile, value, keep))
  }
  const unfit = unfitPart(auth, name => parts[name] ?? values[name])
  if (unfit && !wrong.length) wrong.push(unfit)
  if (!wrong.length) wrong.push(...keyProblems(auth, parts), ...urlProblems(provider, auth, values))
  return wrong.length ? notValid(wrong) : { parts, values }
}

/** A certificate belongs to its key, and a client id to its secret: they are renewed together. */
function isSecretPart(auth: Auth, name: string, field: Field): boolean {
  if (field.secret) return true
  return auth.kind === 'mtls' ? name === 'certificate' : auth.kind === 'client_credentials' && name === 'client_id'
}

/** A secret is taken as it is: blanks in it are a mistake to tell of, not to guess at. */
function typed(field: Field, given = ''): string {
  return field.secret && !field.lines ? given : given.trim()
}

function problemOf({ lines, options, matches, example }: Field, value: string): string | undefined {
  if (value.length > (lines ? linesCharsMax : charsMax)) return 'is too long'
  if (!value.isWellFormed()) return 'holds a character that is none'
  if (lines) return value.includes('\0') ? 'holds a control character' : undefined
  if (/[\r\n]/.test(value)) return 'holds a line break'
  if (/\p{Cc}/u.test(value)) return 'holds a control character'
  if (options && !options.includes(value)) return `must be one of: ${options.join(', ')}`
  if (matches && !new RegExp(`^(?:${matches.source})$`, matches.flags).test(value))
    return example ? `does not look right; it should look like ${example}` : 'does not look right'
  return undefined
}

type PartsFile = { field: string; parts: Record<string, string> }

function readFile({ field, parts }: PartsFile, text: string, keep: (name: string, value: string) => void) {
  const json = jsonOrUndefined(text)
  if (json === undefined || json === null || typeof json !== 'object')
    return [{ field, problem: 'is not the JSON file that the provider gives to download' }]
  const missing = Object.entries(parts).filter(([name, path]) => {
    const value = valueAt(json, path)
    if (typeof value === 'string' && value !== '') keep(name, value)
    return typeof value !== 'string' || value === ''
  })
  return missing.length
    ? [{ field, problem: `has no ${missing.map(([, path]) => path).join(', ')}: is it another file?` }]
    : []
}

/** What was typed in has to lead where the URLs of this way mean to lead. What the provider tells is not known yet. */
function urlProblems(provider: Provider, auth: Auth, values: Values): InvalidField[] {
  const urls = [provider.base, ...(['authorize', 'token', 'device'] as const).flatMap(name => urlOf(auth, name))]
  const known = { base: provider.base, ...values }
  const bad = urls
    .filter(url => namesIn(url).every(name => name in known))
    .map(url => fillUrl(url, known, provider.connector.hosts))
    .filter(result => typeof result !== 'string')
  return [...new Map(bad.map(each => [each.field, each])).values()]
}

function urlOf(auth: Auth, name: 'authorize' | 'token' | 'device'): string[] {
  const url: unknown = Reflect.get(auth, name)
  return typeof url === 'string' ? [url] : []
}

function notValid(wrong: readonly InvalidField[]): Fault {
  const { invalidFields, named } = wrongFields(wrong)
  return new Fault('validation_error', `What was given is not valid: ${named}.`, { invalidFields })
}
