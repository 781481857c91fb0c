import { bar } from './bars.ts'

const width = 24

/** Shows how far the run is, on standard error: one line that rewrites itself, or a line per step where there is no terminal. */
export type Progress = { step: (what: string, done: number) => void; clear: () => void }

/** `done` of each step is a share, 0 to 1. */
export function startProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { step: what => stream.write(`${what}\n`), clear: () => {} }
  const rewrite = (text: string) => stream.write(`\r\x1b[2K${text}`)
  return {
    step: (what, done) => rewrite(`${bar(done, width).padEnd(width, '░')} ${Math.round(done * 100)} %  ${what}`),
    clear: () => rewrite(''),
  }
}
