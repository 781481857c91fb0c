import { text } from 'node:stream/consumers'
import { Secret } from '../core/secret.ts'

/** A secret from the person or the pipe, never from the arguments. At a terminal nothing of it is echoed. */
export async function readSecret(prompt: string): Promise<Secret> {
  if (!process.stdin.isTTY) return new Secret((await text(process.stdin)).trim())
  return new Secret(await readTyped(prompt, { shown: false }))
}

/** One line that is typed at a terminal, without the blanks around it. Ctrl-C and Ctrl-D end the command. */
export async function readTyped(prompt: string, { shown }: { shown: boolean }): Promise<string> {
  const { stdin, stderr } = process
  // Before the prompt: what is typed as soon as it shows must not be echoed.
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stderr.write(`${prompt}: `)
  const typed = await readLine(stdin, echo => shown && stderr.write(echo))
  stdin.setRawMode(false)
  stdin.pause()
  stderr.write('\n')
  if (typed === undefined) process.exit(130)
  return typed.trim()
}

const backspaces = ['\u007f', '\b']

/** What is typed up to Enter; undefined after Ctrl-C or Ctrl-D. */
async function readLine(stdin: NodeJS.ReadStream, echo: (text: string) => void): Promise<string | undefined> {
  let typed = ''
  for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
    for (const char of String(chunk)) {
      if (char === '\u0003' || char === '\u0004') return undefined
      if (char === '\r' || char === '\n') return typed
      if (!backspaces.includes(char)) echo(char)
      else if (typed !== '') echo('\b \b')
      typed = backspaces.includes(char) ? typed.slice(0, -1) : typed + char
    }
  }
  return typed
}
