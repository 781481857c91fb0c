import { listToolVersions } from '../calls/output/list-tool-versions.ts'
import { printJson, printTable } from './print.ts'
import { type Flags, orExit, withApp } from './settings.ts'
import { principalOf } from './tools.ts'

export async function toolVersionsCommand(flags: Flags, provider?: string): Promise<void> {
  const found = await withApp(
    flags,
    async app => listToolVersions(app, await principalOf(app, flags), { provider, limit: Number.POSITIVE_INFINITY }),
    'pretend',
  )
  const { items } = orExit(found, flags)
  if (flags.json) return printJson({ items })
  const dayOf = (time: string | null) => (time === 'true' ? 'yes' : (time?.slice(0, 10) ?? ''))
  printTable(
    ['TOOL', 'VERSION', 'ANSWERED BY', 'DEPRECATED', 'GOES AWAY', 'MISMATCHES'],
    items.map(({ tool, version, versionSeen, deprecation, sunset, mismatches }) => [
      tool,
      version ?? 'unstated',
      versionSeen ?? '',
      dayOf(deprecation),
      dayOf(sunset),
      mismatches ? String(mismatches) : '',
    ]),
  )
}
