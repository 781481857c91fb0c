import { randomBytes } from 'node:crypto'
import type { Account } from '../accounts.ts'

/** What one person allowed, and the tokens that came of it. Only the latest refresh token is good. */
type Chain = {
  account: Account
  scopes: readonly string[]
  access: Map<string, { expiresAtMs: number }>
  refresh: string
}

type Code = { account: Account; scopes: readonly string[]; redirectUri: string; expiresAtMs: number; chain?: Chain }

export type OddTokenSet = { account: Account; scopes: readonly string[]; access: string; refresh: string }

/** What the odd server gave out. */
export type OddTokens = {
  /** A code for the person's decision, good once, within a minute. */
  allow(grant: { account: Account; scopes: readonly string[]; redirectUri: string }, nowMs: number): string
  /** Undefined when it is no good. One that was used already ends what came of it. */
  redeemCode(code: string, redirectUri: string | null, nowMs: number): OddTokenSet | undefined
  /** Undefined when it is no good. One that was used already ends its chain, at once and whoever sends it. */
  refresh(token: string, nowMs: number): OddTokenSet | undefined
  holderOf(access: string, nowMs: number): { account: Account; scopes: readonly string[] } | undefined
  /** Ends the chain of this access token. */
  revoke(access: string, nowMs: number): boolean
  chains(): number
  expireAccessTokens(): void
  clear(): void
}

const codeMs = 60_000

export function oddTokens(accessTtlS: number): OddTokens {
  const codes = new Map<string, Code>()
  const chains = new Set<Chain>()
  /** Every refresh token ever given out, so that a used one is known. */
  const chainOf = new Map<string, Chain>()

  const next = (chain: Chain, nowMs: number): OddTokenSet => {
    const access = newToken('odd_at')
    const refresh = newToken('odd_rt')
    chain.access.set(access, { expiresAtMs: nowMs + accessTtlS * 1000 })
    chain.refresh = refresh
    chainOf.set(refresh, chain)
    return { account: chain.account, scopes: chain.scopes, access, refresh }
  }
  const living = (access: string, nowMs: number) =>
    chains.values().find(chain => (chain.access.get(access)?.expiresAtMs ?? 0) > nowMs)

  return {
    allow(grant, nowMs) {
      const code = newToken('odd_code')
      codes.set(code, { ...grant, expiresAtMs: nowMs + codeMs })
      return code
    },
    redeemCode(code, redirectUri, nowMs) {
      const found = codes.get(code)
      if (found?.chain) chains.delete(found.chain)
      if (!found || found.chain || found.expiresAtMs <= nowMs || found.redirectUri !== redirectUri) return undefined
      found.chain = { account: found.account, scopes: found.scopes, access: new Map(), refresh: '' }
      chains.add(found.chain)
      return next(found.chain, nowMs)
    },
    refresh(token, nowMs) {
      const chain = chainOf.get(token)
      if (!chain || !chains.has(chain)) return undefined
      if (chain.refresh === token) return next(chain, nowMs)
      chains.delete(chain)
      return undefined
    },
    holderOf: living,
    revoke(access, nowMs) {
      const chain = living(access, nowMs)
      return chain !== undefined && chains.delete(chain)
    },
    chains: () => chains.size,
    expireAccessTokens() {
      for (const chain of chains) chain.access.clear()
    },
    clear() {
      codes.clear()
      chains.clear()
      chainOf.clear()
    },
  }
}

const newToken = (kind: string) => `${kind}_${randomBytes(24).toString('base64url')}`
