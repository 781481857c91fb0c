import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type InstanceLock, takeInstanceLock } from './instance-lock.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'clawlink-lock-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

function take(): InstanceLock {
  const lock = takeInstanceLock(dataDir)
  if ('heldBy' in lock) throw new Error(`held by ${JSON.stringify(lock.heldBy)}`)
  return lock
}

test('a folder has one holder at a time, and the next one learns who it is', () => {
  const lock = take()
  expect(takeInstanceLock(dataDir)).toEqual({ heldBy: {} })
  lock.describe({ pid: 42, url: 'http://127.0.0.1:9077' })
  expect(takeInstanceLock(dataDir)).toEqual({ heldBy: { pid: 42, url: 'http://127.0.0.1:9077' } })
  lock.release()
  take().release()
})

test('the folder is made when it is missing, for its owner only', () => {
  dataDir = join(dataDir, 'deeper', 'still')
  const lock = take()
  if (process.platform !== 'win32') expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  lock.describe({ pid: 1 })
  lock.release()
  expect(existsSync(join(dataDir, 'instance.json'))).toBe(false)
})

test('a lock ends with its process, however that dies, and what it said of itself is not believed any more', async () => {
  const program = `
    import { takeInstanceLock } from ${JSON.stringify(join(import.meta.dirname, 'instance-lock.ts'))}
    globalThis.held = takeInstanceLock(${JSON.stringify(dataDir)})
    held.describe({ pid: process.pid })
    console.log('held')
    setInterval(() => {}, 1000)
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(child.stdout, 'data')
    expect(takeInstanceLock(dataDir)).toEqual({ heldBy: { pid: child.pid } })
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const lock = take()
  expect(takeInstanceLock(dataDir)).toEqual({ heldBy: {} })
  lock.release()
})

test('a folder that cannot be used is an error, not a folder that is held', () => {
  writeFileSync(
    join(dataDir, 'instance.lock'),
    'this is no lock file, and longer than a header of one hundred bytes'.repeat(3),
  )
  expect(() => takeInstanceLock(dataDir)).toThrow('file is not a database')
  expect(() => takeInstanceLock(join(dataDir, 'instance.lock', 'below'))).toThrow('ENOTDIR')
})
