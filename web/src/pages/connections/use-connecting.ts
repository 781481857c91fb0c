import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { ask, useSend } from '../../api/queries.ts'
import type { Parts } from '../../api/send.ts'
import { listenForEnd } from '../connect/tell-opener.ts'

/** What to connect: a provider anew, or a connection that is there once more. */
export type Wish = Parts<'POST /connect-sessions'>['body']

/** How often to ask how it stands: the popup tells by itself, unless another browser or a policy keeps it from that. */
const askAgainMs = 2_000

/**
 * Connects in a window of its own, which the hosted page runs in, and follows how that goes. Where the browser opens no
 * window, the hosted page takes this tab.
 */
export function useConnecting() {
  const popup = useRef<Window | null>(null)
  const client = useQueryClient()
  const make = useSend('POST /connect-sessions')
  const session = make.data
  const id = session?.id ?? ''
  const status = useQuery({
    ...ask('GET /connect-sessions/{id}', { params: { id } }),
    enabled: session !== undefined,
    refetchInterval: ({ state: { data } }) => (data && data.state !== 'awaiting_user' ? false : askAgainMs),
    refetchIntervalInBackground: true,
  })
  useEffect(() => {
    if (!id) return undefined
    return listenForEnd(id, () => {
      void client.invalidateQueries({ queryKey: ['GET /connect-sessions/{id}', { params: { id } }] })
    })
  }, [client, id])

  const lead = (link: string) => {
    if (popup.current && !popup.current.closed) popup.current.location.replace(link)
    else window.location.assign(link)
  }
  return {
    /** What is being connected now; undefined when nothing is. */
    wish: make.variables?.body,
    /** How it stands; undefined until that is known. */
    status: status.data,
    problem: make.error,
    /** Begins. Only from within a click: browsers open no window otherwise. */
    start(wish: Wish) {
      popup.current = openWindow()
      make.mutate({ body: wish }, { onSuccess: ({ link }) => lead(link), onError: () => popup.current?.close() })
    },
    /** Shows the window again, or opens another one. */
    openAgain() {
      if (!session) return
      popup.current = openWindow()
      lead(session.link)
    },
    /** Stops following. The window goes too, unless it is about to say how it ended. */
    stop({ leaveWindow = false } = {}) {
      if (!leaveWindow) popup.current?.close()
      popup.current = null
      make.reset()
    },
  }
}

const width = 560
const height = 780

/** An empty window in the middle of this one; null where the browser does not allow it. */
function openWindow(): Window | null {
  const left = Math.round(window.screenX + Math.max(0, (window.outerWidth - width) / 2))
  const top = Math.round(window.screenY + Math.max(0, (window.outerHeight - height) / 2))
  return window.open('', 'clawlink-connect', `popup,width=${width},height=${height},left=${left},top=${top}`)
}
