import { expect, test } from 'vitest'
import { refusal } from './open.ts'

const error = (message: string, errcode: number) => Object.assign(new Error(message), { errcode })

test.each([
  ['that another program holds', error('database is locked', 5), /end that program/],
  ['whose disk is full', error('database or disk is full', 13), /Make room/],
  ['that cannot be opened', error('unable to open database file', 14), /Check the file/],
])('a database %s is refused with what to do about it', (_, cause, fix) => {
  expect(refusal('The database', cause, 'Check the file.')).toMatchObject({
    message: `The database cannot be used: ${cause.message}.`,
    fix: expect.stringMatching(fix),
  })
})
