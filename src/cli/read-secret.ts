import { text } from 'node:stream/consumers'
import { Secret } from '../core/secret.ts'

/**
 * A secret from the person or the pipe, never from the arguments. At a terminal nothing of it is echoed; Ctrl-C and
 * Ctrl-D end the command.
 */
export async function readSecret(prompt: string): Promise<Secret> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) return new Secret((await text(stdin)).trim())
  // Before the prompt: what is typed as soon as it shows must not be echoed.
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stderr.write(`${prompt}: `)
  const typed = await readLine(stdin)
  stdin.setRawMode(false)
  stdin.pause()
  stderr.write('\n')
  if (typed === undefined) process.exit(130)
  return new Secret(typed.trim())
}

/** What is typed up to Enter; undefined after Ctrl-C or Ctrl-D. */
async function readLine(stdin: NodeJS.ReadStream): Promise<string | undefined> {
  let typed = ''
  for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
    for (const char of String(chunk)) {
      if (char === '\u0003' || char === '\u0004') return undefined
      if (char === '\r' || char === '\n') return typed
      typed = char === '\u007f' || char === '\b' ? typed.slice(0, -1) : typed + char
    }
  }
  return typed
}
