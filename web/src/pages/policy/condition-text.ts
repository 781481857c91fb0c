import type { Condition } from './rule.ts'

/** What a condition compares with, as it is typed: lists separated by commas. */
export function valueText({ value }: Condition): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '')
}

/** The condition that was typed. Numbers where numbers are compared; the server says what else is wrong. */
export function conditionOf(path: string, is: Condition['is'], text: string): Condition {
  const items = text
    .split(',')
    .map(item => item.trim())
    .filter(Boolean)
  if (is === 'oneOf' || is === 'domainIn') return { path, is, value: items }
  if (is === 'above' || is === 'below') return { path, is, value: Number(text) }
  return { path, is, value: text }
}
