import type { App } from '../app.ts'

/** The page where a person connects an account at this provider. */
export const connectLink = (app: Pick<App, 'url'>, provider: string): string =>
  `${app.url()}/connections?connect=${provider}`

/** The page where a person connects this account anew. */
export const reconnectLink = (app: Pick<App, 'url'>, connectionId: string): string =>
  `${app.url()}/connections?reconnect=${connectionId}`
