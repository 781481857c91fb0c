import type { Random } from '../random.ts'
import { emptyStore, type Store } from '../store.ts'
import { seedIssues } from './issues.ts'
import { seedMail } from './mail.ts'
import { seedPayments } from './payments.ts'

export type Owner = { name: string; email: string; newId(prefix: string): string }

/**
 * What an account holds at first: 45 messages in 3 folders, 3 projects with 60 issues, 12 customers with 25 payments.
 * The same draws, owner and `nowMs` give the same bytes.
 */
export function seedStore(owner: Owner, random: Random, nowMs: number): Store {
  return {
    ...emptyStore(),
    messages: seedMail(owner, random, nowMs),
    ...seedIssues(owner, random, nowMs),
    ...seedPayments(owner, random, nowMs),
  }
}
