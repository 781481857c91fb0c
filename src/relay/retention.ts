import type { App } from '../app.ts'

type Settings = Pick<App, 'config'>

const hourMs = 60 * 60 * 1000

/** How long a message waits to be received, unless its sender says otherwise. */
export const messageLastsMs = ({ config }: Settings): number => config.relayMessageHours * hourMs

/** How long what is received, has ended or is dead can still be read. */
export const keepMs = ({ config }: Settings): number => config.relayKeepHours * hourMs
