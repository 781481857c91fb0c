import type { IncomingHttpHeaders } from 'node:http'
import type { App } from '../../app.ts'
import { RecentMap } from '../../core/recent-map.ts'
import type { ToolNoticeRow } from '../../db/schema.ts'
import type { ReadyCall } from '../call.ts'
import { headerNotices } from './header-notices.ts'
import { type Note, writeNotices } from './write-notices.ts'

/** What is noticed about tools while they are called, for the people who keep them. No call waits for it. */
export type Notices = {
  note(workspaceId: string, tool: string, kind: ToolNoticeRow['kind'], value: string): void
  /** What the headers of an answer say about the tool's future. Costs next to nothing where they say nothing. */
  noteHeaders(ready: ReadyCall, headers: IncomingHttpHeaders): void
  /** Writes what is not written yet. */
  flush(): Promise<void>
  /** The last flush. */
  close(): Promise<void>
}

/** How often one notice is written at most, and how often one that says the same of the provider's plans as before. */
const everyMs = 60_000
const unchangedEveryMs = 60 * 60_000
const notesMax = 5000

/**
 * What is not written when a process dies is noticed again at the next call; a write that fails is told by the log. `app` is
 * asked for when something is noticed, not before.
 */
export function createNotices(app: () => App): Notices {
  const last = new RecentMap<{ value: string; at: number; writtenAt: number }>(notesMax)
  const unwritten = new Map<string, Note>()
  let cancel: (() => void) | undefined
  let writing = Promise.resolve()

  function flush(): Promise<void> {
    cancel?.()
    cancel = undefined
    writing = writing
      .then(async () => {
        const notes = [...unwritten.values()]
        unwritten.clear()
        if (notes.length) await writeNotices(app(), notes)
      })
      .catch(cause => app().log.error({ err: cause }, 'what was noticed about tools could not be written'))
    return writing
  }

  function note(workspaceId: string, tool: string, kind: ToolNoticeRow['kind'], value: string): void {
    const { clock } = app()
    const now = clock.now()
    const key = `${workspaceId} ${tool} ${kind}`
    const before = last.get(key)
    const isSame = kind !== 'output_mismatch' && before?.value === value
    if (before && isSame && now - before.at < unchangedEveryMs) return
    const waiting = unwritten.get(key)
    if (!waiting && unwritten.size >= notesMax) return
    const { firstAt, count } = waiting ?? { firstAt: now, count: 0 }
    unwritten.set(key, { workspaceId, tool, kind, value, count: count + 1, firstAt, lastAt: now })
    const isDue = !before || now - before.writtenAt >= everyMs
    last.set(key, { value, at: now, writtenAt: isDue ? now : before.writtenAt })
    if (isDue) flush()
    else cancel ??= clock.after(everyMs, flush)
  }

  return {
    note,
    noteHeaders({ tool, call }, headers) {
      const { api } = tool.provider.connector
      const { deprecation, sunset } = headers
      if (deprecation === undefined && sunset === undefined && !api.versionHeader && !api.deprecatedHeader) return
      for (const { kind, value } of headerNotices(api, headers))
        note(call.principal.workspaceId, tool.name, kind, value)
    },
    flush,
    close: flush,
  }
}
