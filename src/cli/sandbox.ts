import { startSandbox } from '../sandbox/start.ts'
import { bold, dim, print, printJson } from './print.ts'
import { type Flags, settingsOf, text } from './settings.ts'
import { untilStopped } from './until-stopped.ts'

/** Runs the sandbox provider until it is stopped. */
export async function sandbox(flags: Flags): Promise<void> {
  const { sandboxPort } = settingsOf(flags)
  const running = await startSandbox({ port: sandboxPort, now: Date.now })
  if (flags.json) printJson({ url: running.url, apiKey: running.apiKey })
  else {
    print(`The sandbox provider is at ${bold(running.url)}. Its API key: ${bold(running.apiKey)}`)
    const where = text(flags, 'sandboxPort') === undefined ? '' : ` --sandbox-port ${running.port}`
    print(dim(`Connect it: npx clawlink connections add sandbox${where}`))
    print(dim('Ctrl-C stops it.'))
  }
  await untilStopped()
  await running.stop()
}
