import type { Item } from '../../api/send.ts'
import { isOfKey } from './device.ts'

export type SharedFile = Item<'GET /relay/files'>

/** Who wrote it: an agent's or a person's name, with the device where it has one. Pure. */
export function authorOf({ kind, id, name, device }: SharedFile['by']): string {
  const at = kind === 'agent' && device && !isOfKey(device) ? ` at ${device}` : ''
  return `${name || id}${at}`
}

/** What the file is called once it is saved: the last part of its key. Pure. */
export const fileNameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1)

/** How a version came about. Pure. */
export function changeText({ change, restoredFrom, baseVersion }: SharedFile): string {
  switch (change) {
    case 'put':
      return baseVersion === 0 ? 'begun' : 'written'
    case 'merge':
      return 'merged'
    case 'restore':
      return restoredFrom === null ? 'restored' : `version ${restoredFrom} restored`
    case 'delete':
      return 'deleted'
  }
}
