import type { AppRegistration } from '../../catalog/auth.ts'
import { valueAt } from '../../catalog/paths.ts'
import { Fault } from '../../core/errors.ts'
import { jsonOrUndefined } from '../../core/json.ts'

export type ClientFile = {
  clientId: string
  clientSecret: string | undefined
  /** What is wrong with it though it can be used, each a sentence. */
  warnings: string[]
}

/**
 * The file that a provider gives to download for an OAuth app, such as `client_secret_….json`. Pure. A fault repeats nothing
 * of the file.
 */
export function readClientFile(registration: AppRegistration, text: string, redirectUri: string): ClientFile | Fault {
  const { file, name } = registration
  if (!file) return wrong(`${name} gives no file that can be read here`, 'Enter the client id and the secret instead.')
  const json = jsonOrUndefined(text)
  if (json === null || typeof json !== 'object' || Array.isArray(json))
    return wrong('it is not a JSON object', `Give ${file.about} as it was downloaded.`)
  const clientId = firstText(json, file.clientId)
  if (clientId === undefined) {
    const found = Object.keys(json)
      .slice(0, 3)
      .map(key => key.slice(0, 30))
    return wrong(
      `it holds no client id${found.length ? ` (it begins with ${found.join(', ')})` : ''}`,
      `That is another file, or an app of another type. Give ${file.about}.`,
    )
  }
  const registered = (file.redirectUris ?? []).map(path => valueAt(json, path)).find(Array.isArray)
  return {
    clientId,
    clientSecret: firstText(json, file.clientSecret),
    warnings:
      file.redirectUris && !registered?.includes(redirectUri)
        ? [`${redirectUri} is not among the redirect URIs in this file. Add exactly that one at ${name}.`]
        : [],
  }
}

function firstText(json: unknown, paths: readonly string[]): string | undefined {
  return paths.map(path => valueAt(json, path)).find(value => typeof value === 'string' && value !== '') as
    | string
    | undefined // `find` kept texts alone
}

function wrong(problem: string, fix: string): Fault {
  return new Fault('validation_error', `The file cannot be used: ${problem}.`, {
    invalidFields: [{ field: 'clientFile', problem }],
    fix,
  })
}
