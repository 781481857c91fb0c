import { describe, expect, test } from 'vitest'
import { lost } from '../net/wire.ts'
import { blankEcho, withoutEcho } from './blank-echo.ts'

const answer = (body: string | Buffer, link?: string) => ({
  kind: 'answered' as const,
  status: 200,
  headers: link === undefined ? {} : { link },
  body: Buffer.from(body),
})

function blanked(secret: string, body: string, link?: string) {
  const result = blankEcho(answer(body, link), [secret])
  if (result.kind === 'lost') throw new Error('nothing was lost')
  return { body: result.body.toString(), link: result.headers.link }
}

describe('a credential that the provider repeats', () => {
  test.each([
    ['once', 'key abc-1.', 'key •••.'],
    ['often', 'abc-1abc-1 abc-1', '•••••• •••'],
    ['as a name', '{"abc-1":"abc-1"}', '{"•••":"•••"}'],
  ])('%s is blanked', (_, body, shown) => {
    expect(blanked('abc-1', body).body).toBe(shown)
  })

  test('is blanked in the link to the next page', () => {
    expect(blanked('abc-1', '[]', '<https://a.example/?key=abc-1&page=2>; rel="next"').link).toBe(
      '<https://a.example/?key=•••&page=2>; rel="next"',
    )
  })

  const awkward = 'a/b+c="d\\e$'
  test.each([
    ['plainly', awkward],
    ['as JSON', JSON.stringify(awkward).slice(1, -1)],
    ['as JSON with escaped slashes', JSON.stringify(awkward).slice(1, -1).replaceAll('/', '\\/')],
    ['with escapes by number', 'a\\u002fb\\u002Bc\\u003D\\u0022d\\u005Ce\\u0024'],
    ['as a part of a URL', encodeURIComponent(awkward)],
    ['as a part of a URL in small letters', encodeURIComponent(awkward).toLowerCase()],
  ])('is blanked when its signs are written %s', (_, written) => {
    expect(blanked(awkward, `{"key":"${written}"}`).body).toBe('{"key":"•••"}')
    expect(blanked(awkward, '{}', `<https://a.example/?key=${written}>`).link).toBe('<https://a.example/?key=•••>')
  })

  test.each(['a.c', 'a*c', '(a', 'a|b', '[a]', '^a$', 'a{2}'])('is taken as it is, not as a pattern: %s', secret => {
    expect(blanked(secret, `x ${secret} y`).body).toBe('x ••• y')
    expect(blanked(secret, 'abc aac a aa').body).toBe('abc aac a aa')
  })
})

test('an answer without it is the very same answer, byte for byte', () => {
  const bytes = Buffer.from([0xff, 0x00, 0x61])
  const given = answer(bytes)
  expect(blankEcho(given, ['abc'])).toBe(given)
  expect(blankEcho(given, ['a/b'])).toBe(given)
})

test('what was lost has nothing to blank', () => {
  const loss = lost('maybe_sent', 'closed', 'It broke.')
  expect(blankEcho(loss, ['abc'])).toBe(loss)
})

describe('a file that repeats the secret', () => {
  const secret = 'secret-of-somebody'
  const take = (pieces: string[]) => {
    const kept: string[] = []
    const sink = withoutEcho(
      {
        bytesMax: 100,
        async take(_, content) {
          for await (const piece of content) kept.push(Buffer.from(piece).toString())
          return kept
        },
      },
      [secret, 'short'],
    )
    const content = async function* () {
      for (const piece of pieces) yield Buffer.from(piece)
    }
    return sink.take({}, content())
  }

  test.each([1, 2, 5, 17, 18, 19, 40])('is not taken, in pieces of %i', async size => {
    const text = `${'before '.repeat(3)}${secret} after`
    const pieces = text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []
    await expect(take(pieces)).rejects.toThrow('repeats the credential')
  })

  test('is told from one that does not, whatever short text stands in it', async () => {
    const pieces = ['secret-of-', 'nobody, short', '', secret.slice(1)]
    expect(await take(pieces)).toEqual(pieces)
  })
})
