import { existsSync, globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, join, posix } from 'node:path'
import { importCycles } from './import-cycles.ts'
import { type Import, type Module, readModule } from './read-module.ts'

/** The folders of src, each importing only those above it. */
const ORDER = [
  'core',
  'catalog',
  'connectors',
  'sandbox',
  'db',
  'net',
  'jobs',
  'vault',
  'files',
  'accounts',
  'events',
  'connections',
  'calls',
  'relay',
  'http',
  'roles',
  'cli',
]

/** Folders held to less than what stands above them: all that they may import. */
const ONLY: Record<string, RegExp> = {
  core: /^$/,
  connectors: /^catalog\/define\.ts$/,
  sandbox: /^core\//,
}

/** app.ts imports all folders but these, which are built on it. */
const BUILT_ON_APP = ['http', 'roles', 'cli']
/** These open an App. The others get one passed and know only its type. */
const OPENS_APP = ['roles', 'cli']
/** These do not know App at all. */
const IGNORANT_OF_APP = ['core', 'catalog', 'connectors', 'sandbox']

const MAX_LINES = 500

/** Written by web-types.ts, and not committed. */
const GENERATED = 'web/src/api/openapi.ts'

/** Where providers may be named: their connectors, our own provider, and the demo that plays with it. */
const NAMES_PROVIDERS = /^src\/(connectors\/|sandbox\/|cli\/demo)/
/** Our own provider is also a command. */
const OWN_PROVIDER = 'sandbox'

export interface Finding {
  /** From the root, with slashes. */
  file: string
  line: number
  rule: string
  /** What is wrong and what to do about it. */
  words: string
}

/**
 * Checks the rules on what may import what, and on names, sizes and types, that hold this repository together.
 * @param root a repository: package.json, src and, where they exist, web/src, test, bench, scripts and bin
 */
export function checkFolders(root: string): Finding[] {
  const files = globSync('{src,web/src,test,bench,scripts,bin}/**/*.{ts,tsx,mjs}', {
    cwd: root,
    exclude: path => basename(path.toString()) === 'node_modules',
  })
  const modules = new Map(
    files
      .map(file => file.replaceAll('\\', '/'))
      .filter(file => file !== GENERATED)
      .sort()
      .map(file => [file, readModule(join(root, file))]),
  )
  const inSrc = new Map([...modules].filter(([file]) => file.startsWith('src/') && !isTest(file)))
  const inWeb = new Map([...modules].filter(([file]) => file.startsWith('web/')))
  const packages = declaredPackages(root)
  const providers = [...modules.keys()].filter(isConnector).map(file => basename(file, '.ts'))
  return [
    ...[...inSrc].flatMap(([file, module]) => [
      ...folderFindings(file),
      ...module.imports.flatMap(each => importFindings(file, each, packages)),
      ...providerFindings(file, module, providers),
    ]),
    ...[...inWeb].flatMap(([file, module]) => module.imports.flatMap(each => webFindings(file, each))),
    ...cycleFindings(inSrc),
    ...cycleFindings(inWeb),
    ...[...modules].flatMap(([file, module]) => [...sizeFindings(file, module), ...typeFindings(file, module)]),
  ]
}

/** One line for people: where, which rule, what to do. */
export function describeFinding({ file, line, rule, words }: Finding): string {
  return `${file}:${line}  ${rule}: ${words}`
}

function folderFindings(file: string): Finding[] {
  const folder = folderOf(file)
  if (folder === undefined) {
    if (file === 'src/app.ts') return []
    return [
      { file, line: 1, rule: 'place', words: 'src itself holds only app.ts; move this into the folder it belongs to.' },
    ]
  }
  if (ORDER.includes(folder)) return []
  const words = `${folder}/ has no place in the order of folders; give it one in scripts/check-folders.ts.`
  return [{ file, line: 1, rule: 'place', words }]
}

function importFindings(file: string, each: Import, packages: Packages): Finding[] {
  const { specifier, line } = each
  const found = (rule: string, words: string): Finding[] => [{ file, line, rule, words }]
  if (!specifier.startsWith('.')) {
    if (isBuiltin(specifier)) return []
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
    if (packages.production.has(name)) return []
    if (packages.dev.has(name)) return found('package', `${name} is a development package; src runs without those.`)
    return found('package', `${name} is not in package.json.`)
  }
  const target = posix.join(posix.dirname(file), specifier)
  if (target === 'package.json') return []
  if (!target.startsWith('src/')) return found('outside', `src imports nothing outside itself, and this is ${target}.`)
  if (isTest(target)) return found('outside', 'nothing imports a test; move what is shared into test/kit.')
  const problem = target === 'src/app.ts' ? appProblem(file, each) : orderProblem(file, target)
  return problem ? found('order', problem) : []
}

/** The web app is a client of the REST API and nothing else. */
function webFindings(file: string, { specifier, line }: Import): Finding[] {
  const target = specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined
  if (target === undefined || target.startsWith('web/')) return []
  return [{ file, line, rule: 'outside', words: `web imports nothing outside itself, and this is ${target}.` }]
}

function appProblem(file: string, { isTypeOnly }: Import): string | undefined {
  const folder = folderOf(file) ?? ''
  if (OPENS_APP.includes(folder)) return undefined
  if (IGNORANT_OF_APP.includes(folder)) return `${folder}/ does not know App; take what is needed of it as an argument.`
  return isTypeOnly ? undefined : 'App is passed in; write `import type`.'
}

function orderProblem(file: string, target: string): string | undefined {
  const from = folderOf(file)
  const to = folderOf(target)
  if (from === to || to === undefined) return undefined
  if (from === undefined) {
    return BUILT_ON_APP.includes(to) ? `app.ts may not import ${to}/, which is built on it.` : undefined
  }
  const only = ONLY[from]
  if (only) {
    if (only.test(target.slice('src/'.length))) return undefined
    return `${from}/ imports ${from === 'core' ? 'nothing of ours' : `only ${only.source.replace(/[\\^$]/g, '')}`}.`
  }
  if (ORDER.indexOf(to) < ORDER.indexOf(from)) return undefined
  return `${from}/ may not import ${to}/, which stands below it. Move what both need up, or pass it in.`
}

function cycleFindings(modules: ReadonlyMap<string, Module>): Finding[] {
  const imports = [...modules].map(([file, module]): [string, Import[]] => [
    file,
    module.imports.filter(each => !each.isTypeOnly && each.specifier.startsWith('.')),
  ])
  const target = (file: string, each: Import) => posix.join(posix.dirname(file), each.specifier)
  const graph = new Map(imports.map(([file, list]) => [file, list.map(each => target(file, each))]))
  return importCycles(graph).map(cycle => {
    const [file = '', next = file] = cycle
    const line = modules.get(file)?.imports.find(each => target(file, each) === next)?.line ?? 1
    const words = `${[...cycle, file].join(' → ')}. Move what they share into a file of its own.`
    return { file, line, rule: 'cycle', words }
  })
}

function providerFindings(file: string, module: Module, providers: string[]): Finding[] {
  if (NAMES_PROVIDERS.test(file)) return []
  const isNamed = (value: string) =>
    providers.includes(value) && !(value === OWN_PROVIDER && file.startsWith('src/cli/'))
  return module.strings
    .filter(({ value }) => isNamed(value))
    .map(({ value, line }) => {
      const words = `'${value}' is a provider; only its connector knows its name. Put what differs into the connector.`
      return { file, line, rule: 'provider', words }
    })
}

function sizeFindings(file: string, module: Module): Finding[] {
  if (module.lineCount <= MAX_LINES) return []
  const words = `${module.lineCount} lines; no file has more than ${MAX_LINES}. Split it by what it does.`
  return [{ file, line: MAX_LINES + 1, rule: 'size', words }]
}

function typeFindings(file: string, module: Module): Finding[] {
  return module.escapes.map(({ what, line }) => {
    const words = `\`${what}\` switches the type checker off; say the type, or narrow from unknown.`
    return { file, line, rule: 'types', words }
  })
}

interface Packages {
  production: Set<string>
  dev: Set<string>
}

function declaredPackages(root: string): Packages {
  const file = join(root, 'package.json')
  const { dependencies = {}, devDependencies = {} } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  return { production: new Set(Object.keys(dependencies)), dev: new Set(Object.keys(devDependencies)) }
}

/** The folder of src that a file is in; undefined for files of src itself. */
function folderOf(file: string): string | undefined {
  return dirname(file).split('/')[1]
}

function isTest(file: string): boolean {
  return file.endsWith('.test.ts')
}

function isConnector(file: string): boolean {
  return /^src\/connectors\/[^/]+\.ts$/.test(file) && !isTest(file) && basename(file) !== 'index.ts'
}
