import { text } from 'node:stream/consumers'
import type { Field, Fields } from '../catalog/define.ts'
import { Fault } from '../core/errors.ts'
import { jsonOrUndefined } from '../core/json.ts'
import { dim } from './print.ts'
import { readTyped } from './read-secret.ts'
import { readTextFile } from './read-text-file.ts'

/**
 * What these fields hold, asked one by one at a terminal, else from standard input: a JSON object of the fields by their
 * names or, where one field is asked for, the text itself. Nothing of a secret is shown or taken from the arguments.
 */
export async function readFields(fields: Fields, provider: string): Promise<Record<string, string> | Fault> {
  if (process.stdin.isTTY) return ask(fields, provider)
  return fieldsFrom(fields, (await text(process.stdin)).trim())
}

/** The same from a text. Pure. */
export function fieldsFrom(fields: Fields, given: string): Record<string, string> | Fault {
  const names = Object.keys(fields)
  const json = given.startsWith('{') ? jsonOrUndefined(given) : undefined
  const members = json && typeof json === 'object' ? Object.entries(json) : []
  if (members.length && members.every(([name]) => names.includes(name)))
    return Object.fromEntries(members.map(([name, value]) => [name, typeof value === 'string' ? value : String(value)]))
  const needed = names.filter(name => !fields[name]?.optional && fields[name]?.default === undefined)
  const [only = names[0] ?? '', ...more] = needed
  if (!more.length) return given === '' ? {} : { [only]: given }
  return new Fault('validation_error', `Several fields are needed: ${needed.join(', ')}.`, {
    fix: 'Pass a JSON object with these names on standard input, or run it at a terminal to be asked.',
  })
}

async function ask(fields: Fields, provider: string): Promise<Record<string, string> | Fault> {
  const given: Record<string, string> = {}
  for (const [name, field] of Object.entries(fields)) {
    if (field.hint) process.stderr.write(`${dim(field.hint)}\n`)
    const value = await askOne({ ...field, label: `${provider} ${field.label}` })
    if (value instanceof Fault) return value
    if (value !== '') given[name] = value
  }
  return given
}

async function askOne(field: Field): Promise<string | Fault> {
  const { label, secret, lines, options, optional, default: standard } = field
  if (lines) {
    const path = await readTyped(`${label}, as the path of a file${optional ? ' (may be empty)' : ''}`, { shown: true })
    return path === '' ? '' : readTextFile(path)
  }
  if (secret) return readTyped(`${label} (not shown${optional ? ', may be empty' : ''})`, { shown: false })
  const notes = [...(options ? [options.join(' | ')] : []), ...(standard !== undefined ? [`else ${standard}`] : [])]
  const note = notes.length ? ` (${notes.join('; ')})` : optional ? ' (may be empty)' : ''
  return readTyped(`${label}${note}`, { shown: true })
}
