import { listAudit } from '../accounts/list-audit.ts'
import { verifyAudit } from '../accounts/verify-audit.ts'
import { Fault } from '../core/errors.ts'
import { bold, day, dim, print, printFault, printJson, printTable } from './print.ts'
import { type Flags, orExit, text, withDb } from './settings.ts'

export async function listAuditCommand(flags: Flags): Promise<void> {
  const limit = Number(text(flags, 'limit'))
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    orExit(new Fault('validation_error', '--limit takes a whole number from 1 to 1000.'), flags)
  }
  const found = await withDb(flags, db => listAudit(db, 'everywhere', { action: text(flags, 'action'), limit }))
  if (flags.json) return printJson(found)
  if (!found.items.length) return print('The audit record has no such entry.')
  printTable(
    ['NUMBER', 'AT (UTC)', 'WHO', 'WHAT', 'TO', 'DETAILS'],
    found.items.map(({ seq, at, actor, action, target, details }) => [
      String(seq),
      day(Date.parse(at)),
      printable(actor.name || actor.id),
      action,
      printable(target),
      Object.entries(details)
        .filter(([, value]) => value !== null && value !== '')
        .map(([name, value]) => `${name}: ${printable(String(value))}`)
        .join(', '),
    ]),
  )
}

/** Ends with exit code 1 when the record is not whole. */
export async function verifyAuditCommand(flags: Flags): Promise<void> {
  const verdict = await withDb(flags, db => verifyAudit(db))
  const { rows, broken, last } = verdict
  if (flags.json) printJson(verdict)
  else if (!broken) {
    print(`The audit record is whole: ${bold(String(rows))} entries.`)
    print(dim(`Last hash: ${last.hash}. Keep it elsewhere to know this record again.`))
  } else {
    const fault = new Fault('conflict', `The audit record is broken at entry ${broken.seq}. ${broken.why}`, {
      fix: `${rows} entries before it are whole. Compare with a backup, and find out who may write to the database.`,
    })
    printFault(fault, false)
  }
  if (broken) process.exitCode = 1
}

/** Names come from outside: one that moves the cursor could hide a line. */
const printable = (name: string) => name.replace(/\p{C}/gu, '?')
