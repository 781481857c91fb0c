import { isUtf8 } from 'node:buffer'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { SharedFileVersionRow } from '../../db/shared-file-schema.ts'
import type { File } from '../../files/file.ts'
import { type OpenFile, openFile } from '../../files/open-file.ts'
import { openContent } from './get-shared-file.ts'
import { type Merged, mergeText } from './merge-text.ts'
import { type SharedFile, viewOf } from './shared-file.ts'
import { findVersion } from './versions.ts'

/** Texts up to this size are merged. */
const mergeBytesMax = 1_000_000
/** Texts up to this size are in the answer. */
const shownBytesMax = 64 * 1024

/** Both sides of a lost race. */
export type Race = {
  key: string
  /** Null when the writer named none. */
  baseVersion: number | null
  /** What is there, with its text where that is short; null when there is nothing. */
  current: (SharedFile & { text?: string }) | null
  /** What was sent: kept as an ordinary file for a while. Null when nothing was. */
  yours: { file: string; bytes: number; sha256: string; expiresAt: string; text?: string } | null
  /** Both in one; null unless all are text of up to a megabyte, and the base is still there. */
  merge: Merged | null
}

export async function raceOf(
  app: App,
  {
    key,
    baseVersion,
    current,
    yours,
  }: { key: string; baseVersion: number | 'any'; current: SharedFileVersionRow | undefined; yours?: File | undefined },
): Promise<Race> {
  const there = current && current.change !== 'delete' ? current : undefined
  const theirText = there && (await textOf(await openContent(app, there)))
  const yourText = yours && (await textOf(await openFile(app, yours, yours.id)))
  const baseText =
    theirText !== undefined && yourText !== undefined && current
      ? await textOfBase(app, current, baseVersion)
      : undefined
  const merge =
    baseText === undefined || theirText === undefined || yourText === undefined
      ? undefined
      : mergeText(
          { base: baseText, theirs: theirText, yours: yourText },
          { theirs: `version ${current?.version}`, yours: 'yours' },
        )
  return {
    key,
    baseVersion: baseVersion === 'any' ? null : baseVersion,
    current: current ? { ...(await viewOf(app, current)), ...shown(theirText) } : null,
    yours: yours
      ? {
          file: yours.id,
          bytes: yours.bytes,
          sha256: yours.sha256,
          expiresAt: new Date(yours.expiresAt).toISOString(),
          ...shown(yourText),
        }
      : null,
    merge: merge ?? null,
  }
}

/** What the writer is told, so that it can write again without losing anything of either side. */
export function raceFault(race: Race): Fault {
  const { key, baseVersion, current, merge } = race
  if (!current)
    return new Fault('conflict', `There is no shared file "${key}", and so no version ${baseVersion} of it.`, {
      race,
      fix: 'Write it as a new file: with baseVersion 0.',
    })
  const is = current.change === 'delete' ? 'was deleted as' : 'is at'
  const made = baseVersion ? `was made of version ${baseVersion}` : 'was to be a new file'
  const text = merge ? (merge.conflicts ? ', resolve the marked lines of `merge.text`,' : ', take `merge.text`,') : ''
  return new Fault('conflict', `"${key}" ${is} version ${current.version} by now, and yours ${made}.`, {
    race,
    fix: `Read version ${current.version}${text} and write again with baseVersion ${current.version}.`,
  })
}

async function textOfBase(
  app: App,
  { workspace_id, key }: SharedFileVersionRow,
  baseVersion: number | 'any',
): Promise<string | undefined> {
  if (baseVersion === 'any') return undefined
  if (baseVersion === 0) return ''
  const base = await findVersion(app.db.read, workspace_id, key, baseVersion)
  if (!base) return undefined
  return base.change === 'delete' ? '' : textOf(await openContent(app, base))
}

/** The text of what is open, if it is one and not too long to merge. */
async function textOf(opened: OpenFile | Fault): Promise<string | undefined> {
  if (opened instanceof Fault || opened.file.bytes > mergeBytesMax) return undefined
  const content = Buffer.concat(await Array.fromAsync(opened.read()))
  return isUtf8(content) && !content.includes(0) ? content.toString() : undefined
}

const shown = (text: string | undefined) =>
  text !== undefined && Buffer.byteLength(text) <= shownBytesMax ? { text } : {}
