import { randomFor } from './random.ts'
import { seedStore } from './seed/seed.ts'
import { emptyStore, type Store } from './store.ts'

export type Scope = 'mail' | 'issues' | 'payments'

/** One account at the provider, with its own mail, issues and payments, and three keys. */
export type Account = {
  readonly id: string
  readonly name: string
  readonly email: string
  /** May do everything. */
  readonly apiKey: string
  /** Lacks the scope `payments`. */
  readonly limitedKey: string
  /** Was revoked: answers 401. */
  readonly revokedKey: string
  /** The same object for the sandbox's whole life; `reset()` refills it. */
  readonly store: Store
  /** The next id with this prefix. Ids sort in order of creation. */
  newId(prefix: string): string
}

/** Whose key or access token it is and what it may do. */
export type KeyHolder = { account: Account; scopes: readonly Scope[]; revoked: boolean }

export type Accounts = {
  all: readonly [Account, Account]
  holderOf(key: string): KeyHolder | undefined
  revoke(key: string): void
  /** Puts content, ids and keys back to what the seed says, with dates relative to `nowMs`. */
  reset(nowMs: number): void
}

/** Two accounts. Projects carry the same names in both, so that a mix-up shows in what comes back, not as a 404. */
export function openAccounts(seed: number, nowMs: number, apiKey: string | undefined): Accounts {
  const first = account(seed, { name: 'Mara Lindqvist', email: 'mara@fernhollow.example' }, apiKey)
  const second = account(seed, { name: 'Tomás Okafor', email: 'tomas@brightquay.example' }, undefined)
  const holders = new Map<string, KeyHolder>()

  const reset = (now: number) => {
    for (const { account, refill } of [first, second]) {
      refill(now)
      holders.set(account.apiKey, { account, scopes: ['mail', 'issues', 'payments'], revoked: false })
      holders.set(account.limitedKey, { account, scopes: ['mail', 'issues'], revoked: false })
      holders.set(account.revokedKey, { account, scopes: ['mail', 'issues', 'payments'], revoked: true })
    }
  }
  reset(nowMs)
  return {
    all: [first.account, second.account],
    holderOf: key => holders.get(key),
    revoke(key) {
      const holder = holders.get(key)
      if (holder) holders.set(key, { ...holder, revoked: true })
    },
    reset,
  }
}

type Person = { name: string; email: string }

function account(seed: number, person: Person, apiKey: string | undefined) {
  const random = randomFor(seed, `keys of ${person.email}`)
  const key = () => `sbx_${random.chars(24)}`
  const derivedKey = key()
  const store = emptyStore()
  let newId = ids(seed, person)
  let fill = () => {}
  let isLookedAt = false
  const filled = () => {
    const now = fill
    fill = () => {}
    isLookedAt = true
    now()
    return store
  }
  const account: Account = {
    id: `acct_${random.chars(12)}`,
    ...person,
    apiKey: apiKey ?? derivedKey,
    limitedKey: key(),
    revokedKey: key(),
    get store() {
      return filled()
    },
    newId(prefix) {
      filled()
      return newId(prefix)
    },
  }
  const refill = (nowMs: number) => {
    newId = ids(seed, person)
    fill = () => {
      Object.assign(store, seedStore(account, randomFor(seed, `content of ${person.email}`), nowMs))
    }
    // Making it takes longer than starting all the rest, so it waits until somebody looks; who has it already sees the new one.
    if (isLookedAt) filled()
  }
  return { account, refill }
}

/** Ids such as `msg_00001ck2x9q0a`: a counter, so that they sort, then chance, so that they differ between accounts. */
function ids(seed: number, person: Person): (prefix: string) => string {
  const random = randomFor(seed, `ids of ${person.email}`)
  const counts = new Map<string, number>()
  return prefix => {
    const count = (counts.get(prefix) ?? 0) + 1
    counts.set(prefix, count)
    return `${prefix}_${count.toString(36).padStart(5, '0')}${random.chars(8)}`
  }
}
