import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export type ProgramEnd = { exitCode: number | null; stdout: string; stderr: string }

const { resolve } = createRequire(import.meta.url)

/**
 * Runs a script of an installed package (`package/path/to/script.js`) with this Node to its end. Its home and working
 * folder is a new one, gone afterwards, and it sees nothing else of this environment but PATH.
 */
export async function runProgram(script: string, args: readonly string[]): Promise<ProgramEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-program-'))
  try {
    const program = spawn(process.execPath, [resolve(script), ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = new Promise<number | null>((end, fail) => program.on('close', end).on('error', fail))
    const [stdout, stderr, exitCode] = await Promise.all([text(program.stdout), text(program.stderr), ended])
    return { exitCode, stdout, stderr }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
