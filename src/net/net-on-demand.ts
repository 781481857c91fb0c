import type { Clock } from '../core/clock.ts'
import type { Net, NetSettings } from './send.ts'

/**
 * `send.ts`, loaded when the first request goes out: the HTTP client behind it is an eighth of the memory that a ClawLink
 * at rest would hold.
 */
export function netOnDemand(settings: NetSettings, clock: Clock): Net {
  let opening: Promise<Net> | undefined
  let opened: Net | undefined
  const open = () =>
    (opening ??= import('./send.ts').then(({ createNet }) => {
      opened = createNet(settings, clock)
      return opened
    }))
  return {
    send: request => (opened ? opened.send(request) : open().then(net => net.send(request))),
    close: async () => (await opening)?.close(),
  }
}
