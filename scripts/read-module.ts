import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { parseAst } from 'vitest/node'

/** One import of a module, in any of its forms: `import`, `export … from`, `import()`, or `import('…')` as a type. */
export interface Import {
  specifier: string
  line: number
  /** Gone when the types are stripped. `import { type T }` is not: the module is still loaded. */
  isTypeOnly: boolean
}

export interface Module {
  imports: Import[]
  /** Strings other than the specifiers of imports. */
  strings: { value: string; line: number }[]
  /** What switches type checking off: `any`, `as unknown as`, and comments that silence it. */
  escapes: { what: string; line: number }[]
  lineCount: number
}

const LANGUAGES: Record<string, 'ts' | 'tsx'> = { '.ts': 'ts', '.tsx': 'tsx' }

type Node = Record<string, unknown> & { type: string; start: number }

/** Reads what the folder rules need to know of a TypeScript or JavaScript file. Throws if it does not parse. */
export function readModule(file: string): Module {
  const text = readFileSync(file, 'utf8')
  const lineAt = lineFinder(text)
  const module: Module = { imports: [], strings: [], escapes: [], lineCount: text.trimEnd().split('\n').length }
  const sources = new Set<unknown>()
  visit(parseAst(text, { lang: LANGUAGES[extname(file)] ?? 'js' }), node => {
    const line = lineAt(node.start)
    const found = importIn(node)
    if (found) {
      sources.add(found.source)
      const specifier = stringOf(found.source)
      if (specifier !== undefined) module.imports.push({ specifier, line, isTypeOnly: found.isTypeOnly })
    }
    const value = sources.has(node) ? undefined : stringOf(node)
    if (value !== undefined) module.strings.push({ value, line })
    const what = escapeIn(node)
    if (what) module.escapes.push({ what, line })
  })
  for (const match of text.matchAll(/(?:\/\/|\*)\s*(@ts-(?:ignore|nocheck))\b/g)) {
    module.escapes.push({ what: match[1] ?? '', line: lineAt(match.index) })
  }
  return module
}

function importIn(node: Node): { source: unknown; isTypeOnly: boolean } | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return { source: node.source, isTypeOnly: node.importKind === 'type' }
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node.source ? { source: node.source, isTypeOnly: node.exportKind === 'type' } : undefined
    case 'ImportExpression':
      return { source: node.source, isTypeOnly: false }
    case 'TSImportType':
      return { source: node.source, isTypeOnly: true }
    default:
      return undefined
  }
}

function stringOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined
  if (value.type === 'Literal' && typeof value.value === 'string') return value.value
  if (value.type === 'TemplateElement' && value.tail === true && isRecord(value.value)) return `${value.value.cooked}`
  return undefined
}

function escapeIn(node: Node): string | undefined {
  if (node.type === 'TSAnyKeyword') return 'any'
  if (node.type !== 'TSAsExpression' || !isNode(node.expression)) return undefined
  const inner = node.expression
  const isUnknown = isNode(inner.typeAnnotation) && inner.typeAnnotation.type === 'TSUnknownKeyword'
  return inner.type === 'TSAsExpression' && isUnknown ? 'as unknown as' : undefined
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) for (const each of value) visit(each, see)
  else if (isRecord(value)) {
    if (isNode(value)) see(value)
    for (const each of Object.values(value)) visit(each, see)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNode(value: unknown): value is Node {
  return isRecord(value) && typeof value.type === 'string' && typeof value.start === 'number'
}

function lineFinder(text: string): (offset: number) => number {
  const ends = [...text.matchAll(/\n/g)].map(match => match.index)
  return offset => {
    const index = ends.findIndex(end => end >= offset)
    return (index === -1 ? ends.length : index) + 1
  }
}
