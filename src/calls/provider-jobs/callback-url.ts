import { randomBytes } from 'node:crypto'
import type { App } from '../../app.ts'
import type { ReadyCall } from '../call.ts'

/**
 * Where the provider says that it is done with this call, if it takes such a URL and could reach it. Its last part is known
 * to that provider alone.
 */
export function callbackUrl(app: App, { call, tool }: ReadyCall): string | undefined {
  if (!tool.row.job?.callback || !app.config.publicUrl) return undefined
  return `${app.url()}/hooks/calls/${call.id}/${randomBytes(32).toString('base64url')}`
}
