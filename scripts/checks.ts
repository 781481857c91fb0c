import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { checkFolders, describeFinding } from './check-folders.ts'
import { writeWebTypes } from './web-types.ts'

const root = join(import.meta.dirname, '..')

const MAX_LINES = 80

/** What `npm test` holds besides the tests. `run` answers with what is wrong, or '' if nothing is. */
const CHECKS: { name: string; run(): Promise<string> }[] = [
  { name: 'types', run: () => output('node_modules/typescript/bin/tsc', '-p', '.') },
  { name: 'web', run: webTypes },
  { name: 'lint', run: () => output('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.') },
  { name: 'folders', run: async () => checkFolders(root).map(describeFinding).join('\n') },
]

/** The web app is checked against what the REST routes say now. */
function webTypes(): Promise<string> {
  writeWebTypes()
  return output('node_modules/typescript/bin/tsc', '-p', 'web')
}

/** Runs all checks, printing a line for each and what is wrong. */
export async function runChecks(): Promise<{ passed: number; failed: number }> {
  const count = { passed: 0, failed: 0 }
  for (const check of CHECKS) {
    const startedAt = performance.now()
    const wrong = await check.run()
    const took = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
    console.log(`${wrong ? 'FAILED' : 'ok'.padEnd(6)}  ${check.name.padEnd(7)}  ${took}`)
    if (wrong) console.log(`\n${beginningOf(wrong)}\n`)
    count[wrong ? 'failed' : 'passed'] += 1
  }
  return count
}

function beginningOf(text: string): string {
  const lines = text.split('\n')
  const more = lines.length - MAX_LINES
  return [...lines.slice(0, MAX_LINES), ...(more > 0 ? [`… and ${more} more lines`] : [])].join('\n')
}

/** What a program of a package says if it fails; '' if it does not. */
function output(program: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => {
      const words = Buffer.concat(said).toString().trim()
      resolve(code === 0 ? '' : words || `${program} ended with ${code}`)
    })
  })
}
