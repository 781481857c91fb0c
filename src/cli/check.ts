import { configKeys, configSchema, environmentName, maskConfig, unknownVariables } from '../core/config.ts'
import { dim, print, printJson, printTable, yellow } from './print.ts'
import { type Flags, settingsOf } from './settings.ts'

/** Shows the settings as this command line and environment make them, secrets only as set or unset. */
export async function check(flags: Flags): Promise<void> {
  const config = maskConfig(settingsOf(flags))
  const unknown = unknownVariables(process.env)
  if (flags.json) return printJson({ settings: config, unknownVariables: unknown })
  const show = (value: unknown) =>
    value === undefined ? dim('unset') : typeof value === 'object' ? JSON.stringify(value) : String(value)
  printTable(
    ['SETTING', 'ENVIRONMENT', 'VALUE'],
    configKeys.map(key => [key, environmentName(key), show(config[key])]),
  )
  for (const name of unknown) print(yellow(`\n${name} is set, but there is no such setting.`))
  print(
    dim(
      `\n${Object.keys(configSchema.shape).length} settings. They come from flags, then the environment, then the configuration file.`,
    ),
  )
}
