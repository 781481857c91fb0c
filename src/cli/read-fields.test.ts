import { expect, test } from 'vitest'
import { Fault } from '../core/errors.ts'
import { fieldsFrom } from './read-fields.ts'

const one = { secret: { label: 'Key', secret: true }, region: { label: 'Region', default: 'eu' } }
const two = { username: { label: 'User' }, secret: { label: 'Password', secret: true } }

test('one field is the text itself', () => {
  expect(fieldsFrom(one, 'k1')).toEqual({ secret: 'k1' })
})

test('a JSON file that is the field itself stays whole', () => {
  expect(fieldsFrom(one, '{"type":"service_account"}')).toEqual({ secret: '{"type":"service_account"}' })
})

test('several are a JSON object of their names', () => {
  expect(fieldsFrom(two, '{"username":"ann","secret":"p"}')).toEqual({ username: 'ann', secret: 'p' })
  expect(fieldsFrom(one, '{"secret":"k1","region":"us"}')).toEqual({ secret: 'k1', region: 'us' })
})

test('a lone text for several says which there are, and repeats nothing', () => {
  const refused = fieldsFrom(two, 'planted')
  expect(refused).toBeInstanceOf(Fault)
  expect(JSON.stringify(refused)).not.toContain('planted')
})

test('nothing is nothing', () => {
  expect(fieldsFrom(one, '')).toEqual({})
})
