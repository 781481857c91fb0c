import { configKeys, environmentName, flagName, maskConfig, unknownVariables } from '../core/config.ts'
import type { Origin } from '../core/read-config.ts'
import { mask } from '../core/secret.ts'
import { dim, print, printJson, printTable, yellow } from './print.ts'
import { type Flags, readSettings } from './settings.ts'

/** Shows the settings as this command line, environment and file make them, and which of these gave each. */
export async function check(flags: Flags): Promise<void> {
  const { config, origins } = readSettings(flags)
  const shown = maskConfig(config)
  const unknown = unknownVariables(process.env)
  if (flags.json) {
    const settings = configKeys.map(key => [key, { value: shown[key] ?? null, ...origins[key] }])
    return printJson({ settings: Object.fromEntries(settings), unknownVariables: unknown })
  }
  printTable(
    ['SETTING', 'VARIABLE', 'FROM', 'VALUE'],
    configKeys.map(key => [key, environmentName(key), place(origins[key]), asText(shown[key])]),
  )
  for (const name of unknown) print(yellow(`\n${name} is set, but there is no such setting.`))
  print(
    dim(
      `\nA flag, such as ${flagName('port')}, counts before its variable, a variable before the file, the file before the default.`,
    ),
  )
}

const place = ({ from, name }: Origin) => name ?? from

function asText(value: unknown): string {
  if (value === undefined) return dim('unset')
  if (value === mask) return 'set (not shown)'
  if (typeof value !== 'object') return String(value)
  const parts = Array.isArray(value) ? value : Object.entries(Object(value)).map(([name, part]) => `${name}=${part}`)
  return parts.length ? parts.join(',') : dim('none')
}
