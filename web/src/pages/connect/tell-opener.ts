/**
 * How the hosted page tells the page that opened it how it ended. By a channel and not by `window.opener`: the policies of
 * providers' own pages (COOP) cut that on the way.
 */
const channelName = 'clawlink-connect'
const popupMark = 'clawlink-connect-popup'

export type Told = { sessionId: string; state: string; connectionId: string | null }

/** Tells every page of ours in this browser. */
export function tellOpener(told: Told): void {
  const channel = new BroadcastChannel(channelName)
  channel.postMessage(told)
  channel.close()
}

/** Listens until the given function is called. */
export function listenForEnd(sessionId: string, onEnd: () => void): () => void {
  const channel = new BroadcastChannel(channelName)
  channel.onmessage = ({ data: told }) => {
    if (Object(told).sessionId === sessionId) onEnd()
  }
  return () => channel.close()
}

/** Remembers, for as long as this tab is there, that it is a window which one of our pages opened. */
export function markPopup(): void {
  if (window.opener) sessionStorage.setItem(popupMark, 'yes')
}

/** Whether this tab was opened by one of our pages, whatever other pages it went through since. */
export const isPopup = () => sessionStorage.getItem(popupMark) !== null
