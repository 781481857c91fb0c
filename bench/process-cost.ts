import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** What a process has cost so far. `cpuMs` counts all its threads, in user and kernel mode. */
export type ProcessCost = { cpuMs: number; residentBytes: number }

// Linux reports /proc times in USER_HZ, which is 100 per second in the kernel's interface to programs (proc_pid_stat(5)).
const clockTickMs = 10

/**
 * Reads CPU time and resident memory of another process: from /proc on Linux (CPU in steps of 10 ms), else from `ps`.
 * Gives nothing where neither exists; the figures that need it are then left out.
 */
export function readProcessCost(pid: number): ProcessCost | undefined {
  try {
    return process.platform === 'linux' ? readProc(pid) : readPs(pid)
  } catch {
    return undefined
  }
}

function readProc(pid: number): ProcessCost {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The second field, the name in parentheses, may hold blanks: count from behind it. utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const residentKib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * clockTickMs,
    residentBytes: Number(residentKib) * 1024,
  }
}

function readPs(pid: number): ProcessCost {
  const [time = '', kib = ''] = execFileSync('ps', ['-o', 'time=,rss=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
  // [[dd-]hh:]mm:ss[.cc]
  const seconds = time.split(/[-:]/).reduce((sum, part, i, parts) => {
    const isDays = parts.length === 4 && i === 1
    return sum * (isDays ? 24 : 60) + Number(part)
  }, 0)
  return { cpuMs: seconds * 1000, residentBytes: Number(kib) * 1024 }
}

/** CPU time in milliseconds that all programs of this machine have used so far, all cores added up; interrupts left out. */
export function readMachineCpuMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys, 0)
}
