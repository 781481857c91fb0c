import { makeOwnerLink } from '../accounts/people/owner-link.ts'
import { ensureWorkspace } from '../accounts/workspace.ts'
import { bold, day, dim, print, printJson } from './print.ts'
import { type Flags, reachedAt, settingsOf, withDb } from './settings.ts'

/** A new one-time link to become an owner, for whoever lost the first one or locked themselves out. */
export async function ownerLinkCommand(flags: Flags): Promise<void> {
  const config = settingsOf(flags)
  const { link, expiresAt } = await withDb(flags, async db => {
    const now = Date.now()
    return makeOwnerLink(db, now, { workspaceId: await ensureWorkspace(db, now), url: reachedAt(config) })
  })
  if (flags.json) return printJson({ link, expiresAt: new Date(expiresAt).toISOString() })
  print(`Whoever opens this becomes an owner. It works once, until ${day(expiresAt)} (UTC):\n\n  ${bold(link)}\n`)
  print(dim('Links that were made before have ended. Do not send it to anybody.'))
}
