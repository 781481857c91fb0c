import type { App } from '../../app.ts'
import type { Auth } from '../../catalog/auth.ts'
import type { Provider } from '../../catalog/catalog.ts'
import type { Values } from '../../catalog/fill-url.ts'
import { Fault } from '../../core/errors.ts'
import { Credential } from '../credential.ts'
import type { TokenSet } from '../oauth/token-answer.ts'
import { probeAccount } from '../probe-account.ts'
import type { BoundSession } from './bound-session.ts'
import { finishConnecting } from './finish-connecting.ts'
import type { KeptTry } from './kept-try.ts'

/** Connects with the tokens that a try got: proves them, and saves them. A fault when nothing came of it. */
export async function connectTokens(
  app: App,
  bound: BoundSession,
  {
    provider,
    auth,
    kept,
    tokens,
    told = {},
    address,
  }: { provider: Provider; auth: Auth; kept: KeptTry; tokens: TokenSet; told?: Values; address: string },
): Promise<Fault | undefined> {
  const credential = new Credential({ ...kept.parts, ...tokens.parts })
  const values = { ...kept.values, ...told, ...tokens.metadata }
  const { account } = await probeAccount(app, provider, auth, credential, { base: provider.base, ...values })
  if (account instanceof Fault) return account
  const saved = await finishConnecting(
    app,
    bound,
    {
      provider,
      auth,
      oauthAppId: kept.oauthAppId,
      account,
      metadata: { ...values, ...account.metadata },
      credential,
      expiresAt: tokens.expiresAt,
      renewable: tokens.refreshable,
      askedScopes: kept.scopes,
      grantedScopes: tokens.scopes,
      label: kept.label,
      makeDefault: kept.makeDefault,
    },
    address,
  )
  return saved instanceof Fault ? saved : undefined
}
