import { expect, test } from 'vitest'
import { innerFault } from './inner-fault.ts'

const error = (message: string, more: object = {}) => Object.assign(new Error(message), more)

test.each([
  ['SQLITE_FULL', error('database or disk is full', { errcode: 13 }), /disk .* is full/],
  ['SQLITE_IOERR_WRITE', error('disk I/O error', { errcode: 778 }), /cannot read or write/],
  ['SQLITE_READONLY', error('attempt to write a readonly database', { errcode: 8 }), /cannot read or write/],
  ['SQLITE_CORRUPT', error('database disk image is malformed', { errcode: 11 }), /damaged/],
  ['SQLITE_BUSY', error('database is locked', { errcode: 5 }), /Another program/],
  ['a refused connection', error('connect ECONNREFUSED', { code: 'ECONNREFUSED' }), /does not answer/],
  ['admin_shutdown', error('terminating connection', { code: '57P01' }), /does not answer/],
  ['query_canceled', error('canceling statement due to statement timeout', { code: '57014' }), /does not answer/],
  ['read_only_sql_transaction', error('cannot execute INSERT', { code: '25006' }), /reads only/],
  ['too_many_connections', error('sorry, too many clients already', { code: '53300' }), /does not answer/],
  ['a server that is silent', error('timeout exceeded when trying to connect'), /does not answer/],
  ['a connection that broke', error('Connection terminated unexpectedly'), /does not answer/],
  ['PostgreSQL’s disk_full', error('could not extend file', { code: '53100' }), /disk .* is full/],
])('%s is told as what it is', (_, cause, message) => {
  expect(innerFault(cause)).toMatchObject({ code: 'internal', message: expect.stringMatching(message) })
})

test.each<[string, unknown]>([
  ['a constraint', error('UNIQUE constraint failed: keys.hash = secret', { errcode: 1555 })],
  ['a query that is wrong', error('syntax error', { code: '42601' })],
  ['an error of the code', new TypeError('x is not a function')],
  ['what is no error', 'ECONNREFUSED'],
])('of %s nothing is told', (_, cause) => {
  expect(innerFault(cause).message).toMatch(/^Something went wrong/)
})
