/** Writes docs/reference/ from the code: settings, errors, permissions and REST. Nothing here is committed. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { permissions } from '../src/accounts/permissions.ts'
import { configKeys, configSchema, environmentName } from '../src/core/config.ts'
import { errorCatalogue } from '../src/core/errors.ts'
import { openApi } from '../src/http/rest/openapi.ts'
import { restRoutes } from '../src/http/rest/routes.ts'

const folder = fileURLToPath(new URL('../docs/reference/', import.meta.url))
const table = (headings: string[], rows: string[][]) =>
  [headings, headings.map(() => '---'), ...rows]
    .map(cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')

const settings = configKeys.map(key => [
  `\`${environmentName(key)}\``,
  `\`${key}\``,
  configSchema.shape[key].description ?? '',
])
const errors = Object.entries(errorCatalogue).map(([code, { status, title, retryable, fix }]) => [
  `\`${code}\``,
  String(status),
  retryable ? 'yes' : 'no',
  title,
  fix,
])
const routes = restRoutes.map(({ method, path, summary, may }) => [
  `\`${method.toUpperCase()} /api/v1${path}\``,
  summary,
  `\`${may}\``,
])
const yes = (is: boolean) => (is ? 'yes' : '')
const rights = Object.entries(permissions).map(([name, { about, roles, keys }]) => [
  `\`${name}\``,
  about,
  ...(['owner', 'admin', 'member'] as const).map(role => yes(roles.some(each => each === role))),
  keys === 'if_scoped' ? 'if its scope says so' : keys === 'unless_scoped' ? 'unless its scope says no' : yes(keys),
])

mkdirSync(folder, { recursive: true })
writeFileSync(`${folder}settings.md`, `# Settings\n\n${table(['Environment', 'In the file', ''], settings)}\n`)
writeFileSync(
  `${folder}errors.md`,
  `# Errors\n\n${table(['Code', 'REST', 'Retry', 'Meaning', 'What to do'], errors)}\n`,
)
writeFileSync(`${folder}rest.md`, `# REST\n\n${table(['Route', '', 'May'], routes)}\n`)
writeFileSync(
  `${folder}permissions.md`,
  `# Permissions\n\n${table(['Permission', '', 'Owner', 'Admin', 'Member', 'Key'], rights)}\n`,
)
writeFileSync(`${folder}openapi.json`, `${JSON.stringify(openApi(restRoutes, 'http://127.0.0.1:9077'), null, 2)}\n`)
process.stdout.write(`Wrote settings.md, errors.md, permissions.md, rest.md and openapi.json to ${folder}\n`)
