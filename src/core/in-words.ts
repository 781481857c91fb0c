import type * as z from 'zod'

const typeNames: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}
const formatNames: Record<string, string> = {
  datetime: 'a date and time with a zone, as in ISO 8601',
  url: 'a URL',
  email: 'an email address',
}

/** What is wrong, to be read after the name of the field, where a schema has no words of its own for it. */
export const inWords: z.core.$ZodErrorMap = issue => {
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return 'is missing'
    const type = typeNames[issue.expected]
    return type && `must be ${type}`
  }
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`
  if (issue.code === 'too_small') return withinWords(issue.origin, `${issue.minimum} or more`)
  if (issue.code === 'too_big') return withinWords(issue.origin, `${issue.maximum} or fewer`)
  if (issue.code === 'invalid_union') return 'is not valid'
  if (issue.code !== 'invalid_format') return undefined
  const format = formatNames[issue.format]
  return format && `must be ${format}`
}

function withinWords(origin: string, amount: string): string | undefined {
  if (origin === 'string') return `must have ${amount} characters`
  if (origin === 'array') return `must have ${amount} items`
  return origin === 'number' || origin === 'int' ? `must be ${amount.replace('fewer', 'less')}` : undefined
}
