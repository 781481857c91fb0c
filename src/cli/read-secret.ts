import { text } from 'node:stream/consumers'
import { Secret } from '../core/secret.ts'

/**
 * A secret from the person or the pipe, never from the arguments. At a terminal nothing of it is echoed; Ctrl-C and
 * Ctrl-D end the command.
 */
export async function readSecret(prompt: string): Promise<Secret> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) return new Secret((await text(stdin)).trim())
  stderr.write(`${prompt}: `)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  let typed = ''
  try {
    for await (const chunk of stdin) {
      for (const char of String(chunk)) {
        if (char === '\u0003' || char === '\u0004') process.exit(130)
        if (char === '\r' || char === '\n') return new Secret(typed.trim())
        typed = char === '\u007f' || char === '\b' ? typed.slice(0, -1) : typed + char
      }
    }
    return new Secret(typed.trim())
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}
