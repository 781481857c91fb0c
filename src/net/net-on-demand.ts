import type { Clock } from '../core/clock.ts'
import type { Net, NetSettings } from './send.ts'

/**
 * `send.ts` and the HTTP client behind it, loaded when the first request goes out: a ClawLink that makes no call does not hold
 * them in memory.
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
