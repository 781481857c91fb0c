import { type App, openApp } from '../app.ts'
import { type Config, configKeys } from '../core/config.ts'
import { Fault } from '../core/errors.ts'
import { createLog } from '../core/log.ts'
import { ownUrl } from '../core/own-url.ts'
import { readConfig, type Settings } from '../core/read-config.ts'
import type { Db } from '../db/db.ts'
import { instanceAt } from '../db/instance-lock.ts'
import { hasData, openDb } from '../db/open.ts'
import { printFault } from './print.ts'

/** What commander parsed: texts, or true for a switch. */
export type Flags = { [name: string]: string | boolean | undefined }

export function text(flags: Flags, name: string): string | undefined {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}

/** The settings of this command line and where each came from; ends the command when one of them is wrong. */
export function readSettings(flags: Flags): Settings {
  const given = Object.fromEntries(configKeys.map(key => [key, flags[key === 'dataDir' ? 'data' : key]]))
  const configFile = text(flags, 'config')
  return orExit(readConfig({ flags: given, ...(configFile !== undefined && { configFile }) }), flags)
}

/** The settings of this command line. The sandbox is looked for at the port that they name. */
export function settingsOf(flags: Flags): Config {
  const { config } = readSettings(flags)
  return { ...config, baseUrls: { sandbox: `http://127.0.0.1:${config.sandboxPort}`, ...config.baseUrls } }
}

/** The server that runs on this data folder, where one does and wrote down where it is reached. */
export const runningUrl = ({ databaseUrl, dataDir }: Config): string | undefined =>
  databaseUrl ? undefined : instanceAt(dataDir).url

/** Where ClawLink is reached, for links. A server that runs on this folder knows best. */
export const reachedAt = (config: Config): string => config.publicUrl ?? runningUrl(config) ?? ownUrl(config)

/** The value, or the end of this command with the fault on standard error and exit code 1. */
export function orExit<T>(value: T | Fault, flags: Flags): T {
  if (!(value instanceof Fault)) return value
  printFault(value, flags.json === true)
  process.exit(1)
}

/**
 * What a command does where there is no data yet: say so and make nothing; begin with it; or show what there is without, on
 * data that is thrown away.
 */
type Beginning = 'refuse' | 'begin' | 'pretend'

/** Opens ClawLink for one command, beside a server that may be running on the same data, and closes it again. */
export async function withApp<T>(
  flags: Flags,
  run: (app: App) => Promise<T>,
  beginning: Beginning = 'refuse',
): Promise<T> {
  const config = settingsOf(flags)
  const missing = beginning === 'begin' ? undefined : await missingData(config)
  if (missing && beginning === 'refuse') orExit(missing, flags)
  const place = missing && (await import('./relay/ephemeral.ts')).ephemeralPlace()
  const opened = orExit(await openApp({ ...config, ...place?.settings }, { log: createLog('warn') }), flags)
  place?.unname()
  opened.app.url = () => reachedAt(config)
  try {
    return await run(opened.app)
  } finally {
    await opened.close()
  }
}

/** Only the database: for commands that need no credential, so that they work without the key ring too. */
export async function withDb<T>(
  flags: Flags,
  run: (db: Db) => Promise<T>,
  beginning: Exclude<Beginning, 'pretend'> = 'refuse',
): Promise<T> {
  const config = settingsOf(flags)
  if (beginning === 'refuse') orExit((await missingData(config)) ?? 0, flags)
  const db = orExit(await openDb(config), flags)
  try {
    return await run(db)
  } finally {
    await db.close()
  }
}

/** That there is no data yet, where there is none. */
export async function missingData(config: Config): Promise<Fault | undefined> {
  if (await hasData(config)) return undefined
  if (config.databaseUrl)
    return new Fault('not_found', 'There is no ClawLink data yet in the database that CLAWLINK_DATABASE_URL names.', {
      fix: 'Begin with `clawlink start`, or set it to the URL of the database that has the data.',
    })
  return new Fault('not_found', `There is no ClawLink data in ${config.dataDir} yet.`, {
    fix: 'Begin with `clawlink start`, or name the folder that has the data: --data <folder>.',
  })
}
