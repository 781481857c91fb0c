import { startSandbox } from '../sandbox/start.ts'
import { bold, dim, print, printJson } from './print.ts'
import { type Flags, settingsOf } from './settings.ts'
import { untilStopped } from './until-stopped.ts'

/** Runs the sandbox provider until it is stopped. */
export async function sandbox(flags: Flags): Promise<void> {
  const running = await startSandbox({ port: settingsOf(flags).sandboxPort, now: Date.now })
  if (flags.json) printJson({ url: running.url, apiKey: running.apiKey })
  else {
    print(`The sandbox provider is at ${bold(running.url)}. Its API key: ${bold(running.apiKey)}`)
    print(dim('Connect it: clawlink connections add sandbox. Ctrl-C stops it.'))
  }
  await untilStopped()
  await running.stop()
}
