import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { arch, availableParallelism, cpus, platform, release } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { median } from './figures.ts'

/** Where a run took place: what its absolute figures depend on. */
export type Machine = {
  node: string
  os: string
  cpu: string
  cores: number
  /** Median time to append 4 KiB to a file and have it on the disk: the least that one durable row can take. */
  diskSyncMs: number
}

const syncs = 100

/** Describes this machine; writes a small file in `folder` to time the disk, and removes it. */
export function describeMachine(folder: string): Machine {
  return {
    node: process.version,
    os: `${platform()} ${arch()} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    diskSyncMs: timeDiskSync(join(folder, 'disk-probe')),
  }
}

function timeDiskSync(path: string): number {
  const block = Buffer.alloc(4096, 7)
  const file = openSync(path, 'w')
  const timesMs: number[] = []
  for (let i = 0; i < syncs; i++) {
    const startedAt = performance.now()
    writeSync(file, block)
    fdatasyncSync(file)
    timesMs.push(performance.now() - startedAt)
  }
  closeSync(file)
  rmSync(path)
  return median(timesMs)
}
