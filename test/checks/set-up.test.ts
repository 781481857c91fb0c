import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasDevPackages, isForPlatform, isInstalled, recordPath } from '../../scripts/installed.mjs'
import { withLock } from '../../scripts/lock.mjs'
import { npmFailed } from '../../scripts/npm.mjs'
import { broughtNode, runsClawLink } from '../../scripts/right-node.mjs'

const scripts = join(import.meta.dirname, '../../scripts')
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clawlink-set-up-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('which Node runs ClawLink', () => {
  test.each(['24.16.0', '24.21.3', '26.1.0', '26.10.0', '27.0.0'])('%s does', version => {
    expect(runsClawLink(version)).toBe(true)
  })

  test.each(['18.20.8', '20.20.2', '22.22.2', '24.15.0', '25.9.0', '26.0.0'])('%s does not', version => {
    expect(runsClawLink(version)).toBe(false)
  })

  test('this one does', () => {
    expect(runsClawLink(process.versions.node)).toBe(true)
  })

  test.each(['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64'])(
    '%s gets one that does, pinned by its digest',
    async platform => {
      const brought = broughtNode(platform)
      expect(runsClawLink(brought?.version ?? '')).toBe(true)
      const lock = JSON.parse(await readFile(join(scripts, 'node/package-lock.json'), 'utf8'))
      const name = brought?.binary.match(/node_modules\/([^/]+)/)?.[1]
      expect(lock.packages[`node_modules/${name}`]).toMatchObject({
        version: brought?.version,
        integrity: expect.stringMatching(/^sha512-/),
      })
    },
  )

  test('an unknown platform gets none', () => {
    expect(broughtNode('sunos-x64')).toBeUndefined()
  })
})

describe('what is installed', () => {
  const kept = { version: '1.0.0', integrity: 'sha512-kept' }
  const tool = { version: '2.0.0', integrity: 'sha512-tool', dev: true }
  const foreign = { version: '3.0.0', integrity: 'sha512-foreign', optional: true, os: ['beos'] }
  const locked = { '': {}, 'node_modules/kept': kept, 'node_modules/tool': tool, 'node_modules/foreign': foreign }

  function write(file: string, packages: object) {
    mkdirSync(join(folder, 'node_modules'), { recursive: true })
    writeFileSync(file, JSON.stringify({ packages }))
  }

  function installed(packages: object | undefined, options: { dev: boolean }): boolean {
    write(join(folder, 'package-lock.json'), locked)
    if (packages) write(recordPath(folder), packages)
    return isInstalled(folder, options)
  }

  test('all is, when npm says so', () => {
    expect(installed({ 'node_modules/kept': kept, 'node_modules/tool': tool }, { dev: true })).toBe(true)
  })

  test('development packages are needed for development only', () => {
    expect(installed({ 'node_modules/kept': kept }, { dev: false })).toBe(true)
    expect(installed({ 'node_modules/kept': kept }, { dev: true })).toBe(false)
  })

  test('another version or another digest is not it', () => {
    expect(installed({ 'node_modules/kept': { ...kept, version: '1.0.1' } }, { dev: false })).toBe(false)
    expect(installed({ 'node_modules/kept': { ...kept, integrity: 'sha512-other' } }, { dev: false })).toBe(false)
  })

  test('nothing is, when npm did not finish', () => {
    expect(installed(undefined, { dev: false })).toBe(false)
    write(recordPath(folder), {})
    writeFileSync(recordPath(folder), '{"packages": {"node_mod')
    expect(isInstalled(folder, { dev: false })).toBe(false)
  })

  test('development packages are seen where they are', () => {
    write(recordPath(folder), { 'node_modules/kept': kept })
    expect(hasDevPackages(folder)).toBe(false)
    write(recordPath(folder), { 'node_modules/kept': kept, 'node_modules/tool': tool })
    expect(hasDevPackages(folder)).toBe(true)
  })

  test('a binary for this platform is needed, one for another is not', () => {
    const here = { os: 'linux', cpu: 'x64', libc: () => 'glibc' }
    expect(isForPlatform({ optional: true, os: ['linux'], cpu: ['x64'] }, here)).toBe(true)
    expect(isForPlatform({ optional: true, os: 'linux', cpu: 'x64', libc: ['glibc'] }, here)).toBe(true)
    expect(isForPlatform({ optional: true, os: ['linux'], cpu: ['arm64'] }, here)).toBe(false)
    expect(isForPlatform({ optional: true, os: ['linux'], cpu: ['x64'], libc: ['musl'] }, here)).toBe(false)
    expect(isForPlatform({ optional: true }, here)).toBe(false)
    expect(isForPlatform({}, here)).toBe(true)
  })
})

describe('of several that set up the same folder', () => {
  const neverWaits = { onWait: () => expect.unreachable('had to wait') }
  let path = ''
  let others: ChildProcess[] = []

  beforeEach(() => {
    path = join(folder, 'cache', 'lock')
    others = []
  })

  afterEach(async () => {
    for (const other of others) other.kill('SIGKILL')
  })

  /** Another process that takes the lock, names `pid` as a holder and holds on. */
  async function otherHolder(pid?: number): Promise<ChildProcess> {
    const script = `import { withLock } from '${pathToFileURL(join(scripts, 'lock.mjs'))}'
      await withLock(process.argv[1], { onWait() {} }, async alsoHeldBy => {
        if (process.argv[2]) alsoHeldBy(Number(process.argv[2]))
        console.log('holding')
        await new Promise(resolve => process.stdin.on('end', resolve).resume())
      })`
    const flags = ['--input-type=module', '-e', script, path, ...(pid ? [`${pid}`] : [])]
    const child = spawn(process.execPath, flags, { stdio: ['pipe', 'pipe', 'inherit'] })
    others.push(child)
    await once(child.stdout, 'data')
    return child
  }

  test('one works at a time', async () => {
    const seen: string[] = []
    const work = (name: string) =>
      withLock(path, { onWait() {} }, async () => {
        seen.push(`${name} begins`)
        await new Promise(resolve => setImmediate(resolve))
        seen.push(`${name} ends`)
      })
    await Promise.all([work('a'), work('b'), work('c')])
    for (const [index, line] of seen.entries()) {
      if (index % 2 === 0) expect(seen[index + 1]).toBe(line.replace('begins', 'ends'))
    }
    expect(seen).toHaveLength(6)
  })

  test('the second waits until the first is done', async () => {
    const other = await otherHolder()
    let waited = false
    const mine = withLock(path, { onWait: () => other.stdin?.end(() => (waited = true)) }, async () => 'mine')
    expect(await mine).toBe('mine')
    expect(waited).toBe(true)
  })

  test('the lock is given back when the work fails', async () => {
    const failing = withLock(path, neverWaits, async () => {
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await withLock(path, neverWaits, async () => 'mine')).toBe('mine')
  })

  test('a killed one does not hold up the others', async () => {
    const other = await otherHolder()
    other.kill('SIGKILL')
    await once(other, 'exit')
    expect(await withLock(path, neverWaits, async () => 'mine')).toBe('mine')
  })

  test('a killed one whose npm still runs does', async () => {
    const npm = spawn(process.execPath, ['-e', 'process.stdin.resume()'])
    others.push(npm)
    const other = await otherHolder(npm.pid)
    other.kill('SIGKILL')
    await once(other, 'exit')
    let waited = false
    const onWait = () => {
      waited = true
      npm.kill('SIGKILL')
    }
    expect(await withLock(path, { onWait }, async () => 'mine')).toBe('mine')
    expect(waited).toBe(true)
  })

  test('one that has been silent for long does not hold up the others', async () => {
    await otherHolder()
    const longAgo = new Date(Date.now() - 60_000)
    utimesSync(path, longAgo, longAgo)
    expect(await withLock(path, neverWaits, async () => 'mine')).toBe('mine')
  })
})

describe('what is said when npm fails', () => {
  test.each([
    ['npm error code ENOTFOUND', 'could not reach its registry'],
    ['npm http fetch GET https://registry.example/x attempt 3 failed with ETIMEDOUT', 'could not reach its registry'],
    ['npm error code ENOSPC', 'disk is full'],
    ['npm error code EACCES', 'may not write here'],
    ['npm error code EUSAGE', 'do not fit each other'],
    ['npm error code EBOO', 'npm failed'],
  ])('%s', (words, advice) => {
    expect(npmFailed(words).message).toContain(advice)
  })

  test("its errors, without what went well, stack traces and warnings that are the user's own business", () => {
    const said = [
      'npm warn Unknown user config "x"',
      'npm http fetch GET 200 https://registry.example/x 20ms',
      'npm error code EBOO',
      'npm error',
      'npm error     at someone.js:1:1',
      'npm error A complete log of this run can be found in: /home/me/x.log',
    ]
    expect(npmFailed(said.join('\n')).words).toEqual([said[2], said[5]])
  })
})
