import type { App } from '../app.ts'
import type { Tool } from '../catalog/catalog.ts'
import { withValueAt } from '../catalog/paths.ts'
import { Fault } from '../core/errors.ts'
import { stopTopic } from '../core/look-until.ts'
import type { Ending, Incomplete, Success } from '../core/outcome.ts'
import { admitNow } from './admit.ts'
import { attempts } from './attempts.ts'
import { allRefused, buildAttempt } from './build-attempt.ts'
import { type Effort, noEffort, type ReadyCall } from './call.ts'
import { endingOf } from './ending-of.ts'
import { listIn } from './give-output.ts'
import { checkOutput } from './output/check-output.ts'

/** What one page, or all of them together, came to. */
export type Page = { ending: Ending; effort: Effort }

const recordsMax = 10_000

/** A successful page as a list. `output`: with what stands beside it. `bytes`: of its answer, as the provider gave it. */
type List = { records: unknown[]; output: unknown; bytes: number; next: string | undefined }

/**
 * The pages after the first one, followed inside the one call: an answer of all their records as one list. Where a tool
 * gives more than that, what stands beside the list is what the last page said. It stops before
 * it would hold more than 10,000 of them, or more bytes than one answer of a provider may have, when the time of a call is
 * over, and when nobody waits for it any more; `next` then leads to the page after the last record that is given. A page
 * that fails ends it too: what came before it is given, with why and the `next` of that page.
 */
export async function followPages(app: App, ready: ReadyCall, first: Page): Promise<Page> {
  const { ending } = first
  if (ending.kind !== 'succeeded') return first
  const { tool, call } = ready
  let page = listOf(tool, first)
  if (!page)
    return { ...first, ending: { kind: 'failed', fault: allRefused(`The answer of ${tool.name} is not a list.`) } }

  const { clock, config, wakes } = app
  const endsAt = clock.now() + config.callTimeoutMs
  let { bytes, next } = page
  let effort = first.effort
  const records = page.records
  const seen = new Set([call.request.next])
  const given = (incomplete?: Incomplete): Page => {
    const output = outputOf(tool, page?.output, records)
    return { ending: wholeOf(ending, output, next, incomplete), effort }
  }
  const isFull = ({ records: more, bytes: moreBytes }: List) =>
    records.length + more.length > recordsMax || bytes + moreBytes > config.answerBytesMax

  let stopping = false
  const stop = () => {
    stopping = true
  }
  wakes.on(stopTopic, stop)
  try {
    // Pages tend to be of one size: one that would be too many is not asked for.
    while (next !== undefined && !isFull(page)) {
      if (stopping || call.request.caller?.destroyed || clock.now() >= endsAt) break
      if (seen.has(next)) {
        next = undefined
        return given(repeated(tool.provider.connector.name))
      }
      seen.add(next)
      const held = await admitNow(app, ready, endsAt - clock.now())
      if (held) return given(held)
      const came = await pageAt(app, ready, next)
      effort = sumOf(effort, came.effort)
      if (came.ending.kind !== 'succeeded') return given(came.ending.fault)
      const more = listOf(tool, came)
      if (!more) return given(noList(tool.name))
      if (isFull(more)) break
      for (const record of more.records) records.push(record)
      bytes += more.bytes
      next = more.next
      page = more
    }
    return given()
  } finally {
    wakes.off(stopTopic, stop)
  }
}

async function pageAt(app: App, ready: ReadyCall, next: string): Promise<Page> {
  const { call, tool } = ready
  const built = buildAttempt({ ...ready, call: { ...call, request: { ...call.request, next } } })
  if (built instanceof Fault) return { ending: { kind: 'failed', fault: built }, effort: noEffort }
  const tried = await attempts(app, ready, built)
  return { ending: checkOutput(app, ready, endingOf(tool, tried, built)), effort: tried.effort }
}

function listOf(tool: Tool, { ending, effort }: Page): List | undefined {
  if (ending.kind !== 'succeeded') return undefined
  const { output, next } = ending
  const records = listIn(tool, output)
  return records && { records, output, bytes: effort.answerBytes, next }
}

/** All records as the tool gives the list of one page. */
function outputOf({ row }: Tool, page: unknown, records: unknown[]): unknown {
  return row.list === undefined ? records : withValueAt(page, row.list.split('.'), records)
}

function wholeOf(
  { providerStatus }: Success,
  output: unknown,
  next: string | undefined,
  incomplete: Incomplete | undefined,
): Success {
  return {
    kind: 'succeeded',
    output,
    providerStatus,
    ...(next !== undefined && { next }),
    ...(incomplete && { incomplete: { code: incomplete.code, message: incomplete.message } }),
  }
}

function repeated(provider: string): Incomplete {
  const message = `${provider} named a page again that was given already, so there is no way to the rest.`
  return { code: 'output_mismatch', message }
}

function noList(tool: string): Incomplete {
  return { code: 'output_mismatch', message: `A page of ${tool} was not a list.` }
}

/** The status is that of the answer which is given. */
function sumOf(all: Effort, more: Effort): Effort {
  return {
    attempts: all.attempts + more.attempts,
    requestBytes: all.requestBytes + more.requestBytes,
    answerBytes: all.answerBytes + more.answerBytes,
    providerStatus: all.providerStatus,
  }
}
