import { expect, test } from 'vitest'
import * as z from 'zod'
import { inWords } from '../core/in-words.ts'
import { invalidFieldsOf } from './invalid-fields.ts'

const schema = z.strictObject({
  name: z.string().min(1).max(3).optional(),
  outcome: z.enum(['failed', 'unknown']).optional(),
  limit: z.int().min(1).max(200).optional(),
  tags: z.array(z.string()).max(1).optional(),
  since: z.iso.datetime().optional(),
  url: z.url().optional(),
  wait: z.boolean().optional(),
  match: z.record(z.string(), z.unknown()).optional(),
  either: z.union([z.string(), z.number()]).optional(),
  own: z.string('must be what we say').optional(),
  tool: z.string(),
})

test.each<[object, string]>([
  [{ tool: undefined }, 'tool is missing'],
  [{ tool: 7 }, 'tool must be a string'],
  [{ name: '' }, 'name must have 1 or more characters'],
  [{ name: 'long' }, 'name must have 3 or fewer characters'],
  [{ outcome: 'bad' }, 'outcome must be one of failed, unknown'],
  [{ limit: 0 }, 'limit must be 1 or more'],
  [{ limit: 201 }, 'limit must be 200 or less'],
  [{ limit: 1.5 }, 'limit must be a whole number'],
  [{ tags: ['a', 'b'] }, 'tags must have 1 or fewer items'],
  [{ tags: [1] }, 'tags.0 must be a string'],
  [{ since: '2026-01-15' }, 'since must be a date and time with a zone, as in ISO 8601'],
  [{ url: 'x' }, 'url must be a URL'],
  [{ wait: 'no' }, 'wait must be true or false'],
  [{ match: [] }, 'match must be an object'],
  [{ either: true }, 'either is not valid'],
  [{ own: 1 }, 'own must be what we say'],
  [{ more: 1 }, 'more is unknown'],
])('what is wrong with %j is said in words that follow the name of the field: %s', (given, says) => {
  const parsed = schema.safeParse({ tool: 'x', ...given }, { error: inWords })
  expect(parsed.error && invalidFieldsOf(parsed.error, { unknown: 'is unknown', whole: 'body' }).named).toBe(says)
})
