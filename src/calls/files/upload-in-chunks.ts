import type { App } from '../../app.ts'
import { type Sender, sendAs } from '../../connections/send-as.ts'
import { Fault } from '../../core/errors.ts'
import type { OpenFile } from '../../files/open-file.ts'
import { backoffMs } from '../../jobs/backoff.ts'
import { lost, type WireRequest, type WireResult } from '../../net/wire.ts'
import type { ReadyCall, TimedRequest } from '../call.ts'
import { pause } from '../pause.ts'
import { retryAfterMs } from '../retry-after.ts'
import { contentRange, type Resumable, sessionUrl, stepOf } from './upload-step.ts'

export type ChunkedUpload = {
  app: App
  ready: ReadyCall
  sender: Sender
  /** What starts it. */
  request: TimedRequest
  upload: Resumable
  content: OpenFile
}

/** Failures in a row without a byte more that is there. */
const failuresMax = 5
const sessionsMax = 2
/** The longest pause, and the longest that a chunk waits for its turn. */
const waitMsMax = 60_000
const uploadMsMax = 15 * 60_000

/**
 * A file that goes out in several requests, as one try of a call. What broke off goes on from where the provider says that
 * it is; an upload that the provider lost is begun again, once. Nothing has happened before the last byte is there, so
 * whatever goes wrong earlier counts as not sent.
 */
export async function uploadInChunks(up: ChunkedUpload): Promise<WireResult | Fault> {
  const { app, sender, request, upload } = up
  for (let sessions = 1; ; sessions++) {
    const started = await sendAs(app, sender, request)
    if (started instanceof Fault) return started
    if (started.kind === 'lost') return { ...started, reached: 'not_sent' }
    if (started.status >= 500) return unsent(`It answered ${started.status} when the upload was to begin.`)
    if (started.status >= 300) return started
    const url = sessionUrl(upload, started, request.url)
    if (!url) return lost('not_sent', 'malformed', 'The answer does not say where the content of the file goes.')
    const ended = await sendContent(up, url)
    if (ended !== 'gone') return ended
    if (sessions === sessionsMax) return unsent('It forgot the upload before all of it was there.')
  }
}

/** The answer to the last chunk, or why there is none; `gone` when the provider forgot an upload that was not whole. */
async function sendContent(up: ChunkedUpload, url: string): Promise<WireResult | Fault | 'gone'> {
  const { app, ready, upload } = up
  const { bytes: total } = up.content.file
  const { caller } = ready.call.request
  const endsAt = app.clock.now() + uploadMsMax
  let at = 0
  let failures = 0
  let asks = false
  // Whether the last byte went out, and no answer says that it did not arrive: then the file may be there.
  let inDoubt = false
  const give = (why: string) => (inDoubt ? lost('maybe_sent', 'closed', why) : unsent(why))

  for (;;) {
    const held = app.pacer.take(ready, { maxMs: waitMsMax, caller })
    if (held && (await held)) return give('Its rate limit is used up in the middle of the upload.')
    const to = Math.min(at + upload.chunkBytes, total)
    const result = await sendOn(up, url, asks ? askRequest(up, url) : chunkRequest(up, url, at, to))
    if (result instanceof Fault) return result
    const step = stepOf(upload.progress, result, total)
    if (step.kind === 'done') return result
    if (step.kind === 'refused') return inDoubt ? give('It does not say what became of the upload.') : result
    if (step.kind === 'gone') return inDoubt ? give('It forgot the upload when the last part was on its way.') : 'gone'
    if (step.kind === 'at') {
      failures = step.byte > at ? 0 : failures + 1
      at = step.byte
      // All of it is there, and yet it is not done: it says more when it is asked.
      asks = at === total && total > 0
      inDoubt = asks
    } else {
      failures++
      inDoubt ||= !asks && to === total && !(result.kind === 'lost' && result.reached === 'not_sent')
      asks = true
    }
    if (failures > failuresMax || app.clock.now() > endsAt) return give('The upload broke too often.')
    if (failures && !(await pause(app, pauseMs(app, result, failures), caller)))
      return give('Nobody waits for it any more.')
    if (caller?.destroyed) return give('Nobody waits for it any more.')
  }
}

/** With the credential only where the start went: elsewhere the address alone is the right to send. */
function sendOn({ app, sender, request }: ChunkedUpload, url: string, sent: Sent): Promise<WireResult | Fault> {
  const { timeoutMs } = request
  const whole = { ...sent, url, redirects: 'none' as const, ...(timeoutMs !== undefined && { timeoutMs }) }
  const isHome = new URL(url).origin === new URL(request.url).origin
  return isHome ? sendAs(app, sender, whole) : app.net.send({ ...whole, credential: {} })
}

type Sent = Pick<WireRequest, 'method' | 'url' | 'headers' | 'body'>

function chunkRequest({ content }: ChunkedUpload, url: string, from: number, to: number): Sent {
  const { bytes: total, mediaType } = content.file
  const headers = {
    accept: 'application/json',
    'user-agent': 'ClawLink',
    'content-type': mediaType,
    'content-range': contentRange(from, to, total),
  }
  const open = () => content.read({ from, to: to - 1 })
  return { method: 'PUT', url, headers, body: { bytes: to - from, open } }
}

function askRequest({ content, upload }: ChunkedUpload, url: string): Sent {
  const headers = { accept: 'application/json', 'user-agent': 'ClawLink' }
  if (upload.progress === 'expected_ranges') return { method: 'GET', url, headers }
  const { bytes: total } = content.file
  return { method: 'PUT', url, headers: { ...headers, 'content-range': contentRange(0, 0, total) }, body: '' }
}

function pauseMs({ clock, random }: App, result: WireResult, failures: number): number {
  const asked = result.kind === 'answered' ? retryAfterMs(result.headers, [], clock.now()) : undefined
  return Math.min(asked ?? backoffMs(failures, random), waitMsMax)
}

const unsent = (why: string) => lost('not_sent', 'closed', why)
