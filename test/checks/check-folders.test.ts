import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { checkFolders } from '../../scripts/check-folders.ts'

const roots: string[] = []

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})

/** What the check finds in a repository of these files, as `file:line rule`. */
function findings(files: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'clawlink-folders-'))
  roots.push(root)
  const manifest = {
    dependencies: { hono: '1', '@scope/kept': '1' },
    devDependencies: { vitest: '1', '@scope/dev': '1' },
  }
  for (const [file, text] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return checkFolders(root).map(({ file, line, rule }) => `${file}:${line} ${rule}`)
}

describe('a folder imports only folders above it', () => {
  const both = { 'src/calls/call.ts': 'export const call = 1', 'src/http/route.ts': 'export const route = 1' }

  test('an import of a folder above is fine', () => {
    expect(findings({ ...both, 'src/http/app.ts': "import { call } from '../calls/call.ts'\ncall" })).toEqual([])
  })

  test('an import of a folder below is found, at its line', () => {
    const text = "import { call } from './call.ts'\n\nimport { route } from '../http/route.ts'\ncall + route"
    expect(findings({ ...both, 'src/calls/a.ts': text })).toEqual(['src/calls/a.ts:3 order'])
  })

  test.each([
    ['over several lines', "import {\n  route,\n} from '../http/route.ts'"],
    ['of a type', "import type { route } from '../http/route.ts'"],
    ['for its effect', "import '../http/route.ts'"],
    ['that exports again', "export { route } from '../http/route.ts'"],
    ['that exports all again', "export * from '../http/route.ts'"],
    ['at run time', "const route = import('../http/route.ts')"],
    ['inside a type', "let route: import('../http/route.ts').Route"],
    ['after something that looks like a comment', "const url = 'https://x'; import('../http/route.ts')"],
    ['by a path that goes around', "import '../../src/calls/../http/route.ts'"],
  ])('so is an import %s', (_, text) => {
    expect(findings({ ...both, 'src/calls/a.ts': text })).toEqual(['src/calls/a.ts:1 order'])
  })

  test('an import in a comment or a string is none', () => {
    const text =
      '// import "../http/route.ts"\n/* import("../http/route.ts") */\nconst text = `import "../http/route.ts"`'
    expect(findings({ ...both, 'src/calls/a.ts': text })).toEqual([])
  })

  test('tests may import what they need, and nothing imports a test', () => {
    const files = { ...both, 'src/calls/a.test.ts': "import '../http/route.ts'\nimport 'vitest'" }
    expect(findings(files)).toEqual([])
    expect(findings({ ...files, 'src/calls/a.ts': "import './a.test.ts'" })).toEqual(['src/calls/a.ts:1 outside'])
  })

  test('a folder without a place in the order is found, and so is a file beside app.ts', () => {
    expect(findings({ 'src/other/a.ts': '' })).toEqual(['src/other/a.ts:1 place'])
    expect(findings({ 'src/other.ts': '' })).toEqual(['src/other.ts:1 place'])
  })

  test('src imports nothing outside itself but package.json', () => {
    const files = { 'test/kit/a.ts': '', 'src/db/b.ts': "import '../../package.json' with { type: 'json' }" }
    expect(findings(files)).toEqual([])
    expect(findings({ ...files, 'src/db/a.ts': "import '../../test/kit/a.ts'" })).toEqual(['src/db/a.ts:1 outside'])
  })
})

describe('the purest folders import less than what stands above them', () => {
  const files = {
    'src/core/a.ts': '',
    'src/catalog/a.ts': '',
    'src/catalog/define.ts': '',
    'src/connectors/index.ts': "import './one.ts'",
    'src/connectors/one.ts': "import '../catalog/define.ts'",
    'src/sandbox/a.ts': "import '../core/a.ts'\nimport 'hono'",
  }

  test('connectors import define.ts and each other, the sandbox imports core', () => {
    expect(findings(files)).toEqual([])
  })

  test.each([
    ['src/connectors/two.ts', '../catalog/a.ts'],
    ['src/connectors/two.ts', '../core/a.ts'],
    ['src/sandbox/b.ts', '../catalog/define.ts'],
    ['src/core/b.ts', '../catalog/a.ts'],
  ])('%s may not import %s', (file, target) => {
    expect(findings({ ...files, [file]: `import '${target}'` })).toEqual([`${file}:1 order`])
  })
})

describe('app.ts', () => {
  const app = { 'src/app.ts': "import './relay/a.ts'\nimport './db/a.ts'", 'src/relay/a.ts': '', 'src/db/a.ts': '' }

  test.each(['http', 'roles', 'cli'])('imports everything but %s', folder => {
    expect(findings(app)).toEqual([])
    const files = { ...app, 'src/app.ts': `import './${folder}/a.ts'`, [`src/${folder}/a.ts`]: '' }
    expect(findings(files)).toEqual(['src/app.ts:1 order'])
  })

  test.each(['accounts', 'calls', 'http'])('is known to %s only as a type', folder => {
    const file = `src/${folder}/b.ts`
    expect(findings({ ...app, [file]: "import type { App } from '../app.ts'" })).toEqual([])
    expect(findings({ ...app, [file]: "import { openApp } from '../app.ts'" })).toEqual([`${file}:1 order`])
    expect(findings({ ...app, [file]: "import { type App } from '../app.ts'" })).toEqual([`${file}:1 order`])
  })

  test.each(['roles', 'cli'])('may be opened by %s', folder => {
    expect(findings({ ...app, [`src/${folder}/b.ts`]: "import { openApp } from '../app.ts'" })).toEqual([])
  })

  test.each(['core', 'catalog', 'connectors', 'sandbox'])('is not known to %s at all', folder => {
    const file = `src/${folder}/b.ts`
    expect(findings({ ...app, [file]: "import type { App } from '../app.ts'" })).toEqual([`${file}:1 order`])
  })

  test('is opened by commands', () => {
    expect(findings({ ...app, 'src/cli/start.ts': "import { openApp } from '../app.ts'" })).toEqual([])
  })
})

describe('an import cycle', () => {
  test('is found once, whatever its length', () => {
    expect(
      findings({
        'src/db/a.ts': "\nimport './b.ts'",
        'src/db/b.ts': "export * from './c.ts'",
        'src/db/c.ts': "import './a.ts'",
        'src/db/d.ts': "import './a.ts'",
      }),
    ).toEqual(['src/db/a.ts:2 cycle'])
  })

  test('of one file with itself is found', () => {
    expect(findings({ 'src/db/a.ts': "import './a.ts'" })).toEqual(['src/db/a.ts:1 cycle'])
  })

  test('of types inside a folder is none', () => {
    expect(findings({ 'src/db/a.ts': "import './b.ts'", 'src/db/b.ts': "import type { A } from './a.ts'" })).toEqual([])
  })
})

describe('packages', () => {
  test('of production and of Node are fine', () => {
    const text = "import 'hono/tiny'\nimport '@scope/kept/deep'\nimport 'node:fs'"
    expect(findings({ 'src/db/a.ts': text })).toEqual([])
  })

  test.each(['vitest', '@scope/dev/deep', 'undeclared', '@scope/undeclared'])('such as %s are found', name => {
    expect(findings({ 'src/db/a.ts': `import '${name}'` })).toEqual(['src/db/a.ts:1 package'])
  })
})

describe('the name of a provider', () => {
  const connectors = { 'src/connectors/acme.ts': "export const name = 'acme'", 'src/connectors/sandbox.ts': '' }

  test.each(["'acme'", '"acme"', '`acme`', "x === 'acme'", "type P = 'acme'"])('is found in %s', text => {
    expect(findings({ ...connectors, 'src/calls/a.ts': text })).toEqual(['src/calls/a.ts:1 provider'])
  })

  test.each(['src/sandbox/a.ts', 'src/cli/demo.ts', 'src/cli/demo-story.ts', 'src/calls/a.test.ts'])(
    'may stand in %s',
    file => {
      expect(findings({ ...connectors, [file]: "const name = 'acme'" })).toEqual([])
    },
  )

  test('is no other word, no specifier and no file that is not a connector', () => {
    const text = "const a = 'acme corp'\nconst b = 'index'\nimport './acme'\n// 'acme'"
    expect(
      findings({ ...connectors, 'src/connectors/index.ts': '', 'src/calls/acme': '', 'src/calls/a.ts': text }),
    ).toEqual([])
  })

  test('may be said by commands where it is our own', () => {
    expect(findings({ ...connectors, 'src/cli/main.ts': "const name = 'sandbox'" })).toEqual([])
    expect(findings({ ...connectors, 'src/cli/main.ts': "const name = 'acme'" })).toEqual([
      'src/cli/main.ts:1 provider',
    ])
    expect(findings({ ...connectors, 'src/db/a.ts': "const name = 'sandbox'" })).toEqual(['src/db/a.ts:1 provider'])
  })
})

describe('a file', () => {
  test.each(['src/db', 'test/kit', 'bench', 'scripts'])('in %s has at most 500 lines', folder => {
    expect(findings({ [`${folder}/a.ts`]: `${'\n'.repeat(499)}end\n` })).toEqual([])
    expect(findings({ [`${folder}/a.ts`]: `${'\n'.repeat(500)}end\n` })).toEqual([`${folder}/a.ts:501 size`])
  })

  test.each([
    'let a: any',
    'let a: Map<string, any[]>',
    'let a = b as any',
    'let a = b as unknown as string',
    `// ${'@ts'}-ignore\nlet a`,
    `/* ${'@ts'}-nocheck */`,
  ])('does not switch the type checker off with %s', text => {
    expect(findings({ 'test/kit/a.ts': text })).toEqual(['test/kit/a.ts:1 types'])
  })

  test('may speak of any, narrow unknown and cast once', () => {
    const text = "// any\nconst any = 'as any'\nlet a = any as string\nlet b: unknown\nlet c = { b: any }"
    expect(findings({ 'src/db/a.ts': text })).toEqual([])
  })

  test('of an installed package is not looked at', () => {
    expect(findings({ 'scripts/node/node_modules/x/a.ts': 'let a: any' })).toEqual([])
  })
})

describe('the web app', () => {
  test('imports nothing of the server, and none of its files reaches itself', () => {
    const found = findings({
      'src/core/ids.ts': '',
      'web/src/kit/a.tsx': "import './b.tsx'\nexport const a = <p>{import.meta.url}</p>",
      'web/src/kit/b.tsx': "import '../../../src/core/ids.ts'\nimport './a.tsx'",
    })
    expect(found).toEqual(['web/src/kit/b.tsx:1 outside', 'web/src/kit/a.tsx:1 cycle'])
  })

  test('is held to the size and the types of all files, but for what is generated', () => {
    const long = 'export {}\n'.repeat(501)
    const found = findings({
      'web/src/a.tsx': 'export let a: any',
      'web/src/api/openapi.ts': long,
      'web/src/b.ts': long,
    })
    expect(found).toEqual(['web/src/a.tsx:1 types', 'web/src/b.ts:501 size'])
  })
})
