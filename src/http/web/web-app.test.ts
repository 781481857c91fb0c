import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pageAt, pageSegments } from './pages.ts'
import { webApp } from './web-app.ts'

const page = '<!doctype html><title>page</title>'
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clawlink-web-'))
  mkdirSync(join(folder, 'dist/assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.js'), 'secret')
  writeFileSync(join(folder, 'dist/index.html'), page)
  writeFileSync(join(folder, 'dist/theme.js'), 'theme')
  writeFileSync(join(folder, 'dist/built-from'), 'digest')
  writeFileSync(join(folder, 'dist/assets/app-1a2b.js'), 'app')
  writeFileSync(join(folder, 'dist/assets/app-1a2b.js.gz'), gzipSync('app'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const html = 'text/html,application/xhtml+xml,*/*;q=0.8'
const get = (path: string, { accept = html, encodings = 'gzip, deflate, br', dist = 'dist' } = {}) =>
  webApp(join(folder, dist))({ path, accept, encodings })

describe('a page', () => {
  test.each(['/', '/sign-in', '/approvals/apr_1', '/pair/WXYZ-2345', '/settings/'])('%s is the app', async path => {
    const answer = await get(path)
    expect(answer?.status).toBe(200)
    expect(await answer?.text()).toBe(page)
  })

  test('runs nothing and shows nothing that is not ours, in no frame, and is never stored', async () => {
    const { headers } = (await get('/')) ?? {}
    const policy = headers?.get('content-security-policy')?.split('; ')
    expect(policy).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
    expect(Object.fromEntries(headers ?? [])).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
  })

  test('that does not exist is the app with 404, which says so', async () => {
    const answer = await get('/nowhere')
    expect(answer?.status).toBe(404)
    expect(await answer?.text()).toBe(page)
  })

  test('is never an answer to a program', async () => {
    for (const path of ['/', '/members']) expect(await get(path, { accept: '*/*' })).toBeUndefined()
    for (const path of ['/api/v1/me', '/mcp', '/oauth/auth', '/auth/oidc/start', '/.well-known/x', '/assets/none.js'])
      expect(await get(path)).toBeUndefined()
  })

  test('is there for every path that the app has', async () => {
    const routes = await readFile(new URL('../../../web/src/routes.tsx', import.meta.url), 'utf8')
    const paths = [...routes.matchAll(/path: '([^']+)'/g)].map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThan(5)
    expect(paths.filter(path => pageAt(path) !== 'page')).toEqual([])
    const used = new Set(paths.map(path => path.split('/')[1] ?? ''))
    expect(pageSegments.filter(segment => !used.has(segment))).toEqual([])
  })

  test('says how to build the app where it is not built', async () => {
    const answer = await get('/', { dist: 'none' })
    expect(answer?.status).toBe(503)
    expect(answer?.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await answer?.text()).toContain('npm start')
  })
})

describe('a file', () => {
  test('whose name changes with its content is kept for ever, another one for minutes', async () => {
    expect((await get('/assets/app-1a2b.js'))?.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await get('/theme.js'))?.headers.get('cache-control')).toBe('public, max-age=300')
  })

  test('comes compressed to those who take it so', async () => {
    const small = await get('/assets/app-1a2b.js')
    expect(small?.headers.get('content-encoding')).toBe('gzip')
    expect(gunzipSync(new Uint8Array((await small?.arrayBuffer()) ?? [])).toString()).toBe('app')
    const plain = await get('/assets/app-1a2b.js', { encodings: '' })
    expect(plain?.headers.get('content-encoding')).toBeNull()
    expect(plain?.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(await plain?.text()).toBe('app')
  })

  test.each([
    '/assets/../../secret.js',
    '/../secret.js',
    '/assets/%2e%2e/%2e%2e/secret.js',
    '/assets/app-1a2b.js.gz',
    '/built-from',
  ])('is one of the app: %s is none', async path => {
    expect(await get(path, { accept: '*/*' })).toBeUndefined()
  })
})
