import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type * as z from 'zod'
import { type Config, type ConfigKey, configKeys, configSchema, environmentName, flagName } from './config.ts'
import { Fault } from './errors.ts'
import { inWords } from './in-words.ts'

/** Where a value was given. `name` is the flag, the variable or the path of the file; a default has none. */
export type Origin = { from: 'flag' | 'variable' | 'file' | 'default'; name?: string }

export type Settings = { config: Config; origins: Record<ConfigKey, Origin> }

export type ConfigSources = {
  flags?: Record<string, unknown>
  environment?: Record<string, string | undefined>
  configFile?: string
}

/**
 * The settings and where each came from: flags, then the environment, then the file (`--config`, `CLAWLINK_CONFIG`, else
 * `clawlink/config.json` in the XDG configuration folder, when it is there), then defaults. A wrong value is a fault that
 * names where it was given.
 */
export function readConfig({ flags = {}, environment = process.env, configFile }: ConfigSources): Settings | Fault {
  const file = readConfigFile(configFile ?? environment.CLAWLINK_CONFIG, environment)
  if (file instanceof Fault) return file
  const given: Record<string, unknown> = { ...defaultPaths(environment), ...file.settings }
  const origins = new Map<string, Origin>()
  for (const key of Object.keys(file.settings)) origins.set(key, { from: 'file', name: file.path })
  for (const key of configKeys) {
    const variable = environmentName(key)
    if (environment[variable] !== undefined && environment[variable] !== '') {
      given[key] = environment[variable]
      origins.set(key, { from: 'variable', name: variable })
    }
    if (flags[key] !== undefined) {
      given[key] = flags[key]
      origins.set(key, { from: 'flag', name: flagName(key) })
    }
  }
  const parsed = configSchema.safeParse(given, { error: inWords })
  if (!parsed.success) return invalid(parsed.error, origins)
  const all = configKeys.map(key => [key, origins.get(key) ?? { from: 'default' }])
  return { config: parsed.data, origins: Object.fromEntries(all) as Record<ConfigKey, Origin> } // of every key
}

function invalid(error: z.ZodError, origins: ReadonlyMap<string, Origin>): Fault {
  const problems = error.issues.flatMap(issue => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(key => ({ field: givenAs(key, origins), problem: 'there is no such setting' }))
    const [key, name] = issue.path
    const part = typeof name === 'string' ? ` (${name})` : ''
    return [{ field: givenAs(String(key ?? ''), origins) + part, problem: issue.message }]
  })
  const text = problems.map(({ field, problem }) => `${field}: ${problem}`).join('; ')
  return new Fault('validation_error', `A setting is not valid. ${text}.`, {
    invalidFields: problems,
    fix: 'Correct it where it is given. `clawlink start --help` says what each setting takes.',
  })
}

/** A setting in the words of whoever gave it: `--port`, `CLAWLINK_PORT`, `port in /…/config.json`. */
function givenAs(key: string, origins: ReadonlyMap<string, Origin>): string {
  const origin = origins.get(key)
  if (origin?.name === undefined) return key
  return origin.from === 'file' ? `${key} in ${origin.name}` : origin.name
}

function defaultPaths(environment: Record<string, string | undefined>) {
  // XDG Base Directory Specification: data and configuration live apart, and so do the database and its keys.
  const home = environment.HOME ?? homedir()
  return {
    dataDir: join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'clawlink'),
    keyringFile: join(configFolder(environment), 'keyring.json'),
  }
}

/** Where configuration is (XDG Base Directory Specification). */
export function configFolder(environment: Record<string, string | undefined>): string {
  return join(environment.XDG_CONFIG_HOME || join(environment.HOME ?? homedir(), '.config'), 'clawlink')
}

function readConfigFile(named: string | undefined, environment: Record<string, string | undefined>) {
  const path = named ?? join(configFolder(environment), 'config.json')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    if (!named) return { path, settings: {} }
    return new Fault('validation_error', `The configuration file ${path} cannot be read.`, {
      fix: 'Check the path and its permissions.',
    })
  }
  try {
    const settings: unknown = JSON.parse(text)
    if (settings && typeof settings === 'object' && !Array.isArray(settings)) return { path, settings }
  } catch {}
  return new Fault('validation_error', `The configuration file ${path} is not a JSON object.`, {
    fix: 'Correct the file or remove it.',
  })
}
