import { EventEmitter } from 'node:events'
import type { KnownKey } from './accounts/authenticate.ts'
import { createKeyLimits, type KeyLimits } from './accounts/key-limit.ts'
import { createKeyUse, type KeyUse } from './accounts/key-use.ts'
import { createPasswords, type Passwords } from './accounts/people/passwords.ts'
import { type AccountQueries, accountQueries } from './accounts/queries.ts'
import type { KnownSession } from './accounts/sessions.ts'
import { ensureWorkspace } from './accounts/workspace.ts'
import { type Breakers, openBreakers } from './calls/breaker/breakers.ts'
import { createNotices, type Notices } from './calls/output/notices.ts'
import { createOutputChecks, type OutputChecks } from './calls/output/output-checks.ts'
import { createPacer, type Pacer } from './calls/pace/pacer.ts'
import { shareRows } from './calls/pace/share-rows.ts'
import { rulesQuery } from './calls/policy/queries.ts'
import type { Rule } from './calls/policy/rule.ts'
import { createValidator, type Validator } from './calls/validate.ts'
import { buildCatalog, type Catalog } from './catalog/catalog.ts'
import { createFlights, type Flights } from './connections/flights.ts'
import { type ConnectionQueries, connectionQueries } from './connections/queries.ts'
import type { RenewalEnd } from './connections/renewal.ts'
import { connectors } from './connectors/index.ts'
import { type Clock, systemClock } from './core/clock.ts'
import type { Config } from './core/config.ts'
import { Fault } from './core/errors.ts'
import { inNetworks } from './core/ip-address.ts'
import { createLog, type Log } from './core/log.ts'
import { ownUrl } from './core/own-url.ts'
import { createPlaces, type Places } from './core/places.ts'
import { createTries, type Tries } from './core/tries.ts'
import { TtlCache } from './core/ttl-cache.ts'
import type { Db, Point } from './db/db.ts'
import { createListen, type Listen } from './db/listen.ts'
import { openDb } from './db/open.ts'
import type { ConnectionRow, RuleRow, UsageRow } from './db/schema.ts'
import { recordEvent } from './events/record-event.ts'
import { netInCrowds } from './net/net-in-crowds.ts'
import { netOnDemand } from './net/net-on-demand.ts'
import type { Net, NetSettings } from './net/send.ts'
import { createRelay, type Relay } from './relay/relay.ts'
import { keyRingSource } from './vault/key-ring-source.ts'
import { openVault, type Vault } from './vault/vault.ts'

/** Everything that a use case may need, built once and passed first. There is no other state. */
export type App = {
  config: Config
  clock: Clock
  log: Log
  db: Db
  vault: Vault
  catalog: Catalog
  net: Net
  /** Numbers from 0 up to 1, for waits that are not to end together. */
  random(): number
  validator: Validator
  outputs: OutputChecks
  notices: Notices
  /** The providers' rate limits. */
  pacer: Pacer
  breakers: Breakers
  keyUse: KeyUse
  keyLimits: KeyLimits
  /** Wrong pairing codes, by the person who tried them. */
  codeTries: Tries
  passwords: Passwords
  /** Sign-ins, codes and invitations that were wrong, by the network address they came from. */
  addressTries: Tries
  /** Who waits or listens at how many places of this process. */
  places: Places
  /** Whether this is the address of a reverse proxy that may say whom it speaks for. */
  isTrustedProxy(address: string): boolean
  /** Wakes sleepers of this process: what happened is in the database, never in here. */
  wakes: EventEmitter
  /** Hears of what other processes on this database do. */
  listen: Listen
  relay: Relay
  /** Renewals of credentials that are on their way in this process. */
  renewals: Flights<RenewalEnd>
  queries: { accounts: AccountQueries; connections: ConnectionQueries; rules: Point<RuleRow> }
  /** Facts that may be a second old. Never a credential, sealed or not. */
  memory: {
    keys: TtlCache<KnownKey>
    sessions: TtlCache<KnownSession>
    connections: TtlCache<ConnectionRow[]>
    rules: TtlCache<readonly Rule[]>
  }
  /** The workspace that the command line acts in. */
  workspaceId: string
  /** Where people and agents reach ClawLink, without a slash at the end: the start of every link. */
  url(): string
  /** Hears of every call that ends here, where somebody asks for metrics. */
  metrics?: { callEnded(usage: UsageRow): void }
}

const remembered = { ttlMs: 1000, entriesMax: 10_000 }

/** Opens the database and the vault and builds the rest. `close` gives everything back, in reverse order. */
export async function openApp(
  config: Config,
  { clock = systemClock, log = createLog(config.logLevel) }: { clock?: Clock; log?: Log } = {},
): Promise<{ app: App; close(): Promise<void> } | Fault> {
  const threadFailed = (cause: unknown) =>
    log.error({ err: cause }, 'the thread that writes to the database has ended; all is written without it')
  const db = await openDb(config, threadFailed)
  if (db instanceof Fault) return db
  const vault = await openVault(db, keyRingSource(config), clock.now())
  if (vault instanceof Fault) {
    await db.close()
    return vault
  }
  const catalog = buildCatalog(connectors, config.baseUrls)
  const net = openNet({ ...config, outboundAllow: [...config.outboundAllow, ...ownHosts(config, catalog)] }, clock, log)
  const wakes = new EventEmitter().setMaxListeners(0)
  const app: App = {
    config,
    clock,
    log,
    db,
    vault,
    catalog,
    net,
    random: Math.random,
    validator: createValidator(),
    outputs: createOutputChecks(),
    notices: createNotices(() => app),
    pacer: createPacer({ rows: shareRows(db), clock, log, wakes }),
    breakers: await openBreakers({ db, clock, log, record: (tx, event) => recordEvent(tx, app, event) }),
    keyUse: createKeyUse(db, clock, log),
    keyLimits: createKeyLimits(db),
    codeTries: createTries({ max: 10, windowMs: 10 * 60_000 }),
    passwords: createPasswords(),
    addressTries: createTries({ max: 20, windowMs: 60_000 }),
    places: createPlaces(),
    isTrustedProxy: inNetworks(config.trustedProxies),
    wakes,
    listen: createListen(config.databaseUrl, log),
    relay: await createRelay({ db, clock, log, wakes }),
    renewals: createFlights(cause => log.error({ err: cause }, 'a credential could not be renewed')),
    queries: { accounts: accountQueries(db), connections: connectionQueries(db), rules: rulesQuery(db) },
    memory: {
      keys: new TtlCache(remembered),
      sessions: new TtlCache(remembered),
      connections: new TtlCache(remembered),
      rules: new TtlCache(remembered),
    },
    workspaceId: await ensureWorkspace(db, clock.now()),
    // Until a server of this process listens and knows its port.
    url: () => ownUrl(config),
  }
  return {
    app,
    async close() {
      // A token that the provider has given by now and that is not stored is lost.
      await app.renewals.land(config.stopGraceMs)
      await app.breakers.close()
      await net.close()
      await app.pacer.close()
      await app.relay.close()
      await app.keyUse.close()
      await app.notices.close()
      await db.close()
      log.flush()
    },
  }
}

/** The thread for crowds goes by the machine's clock. */
function openNet(settings: NetSettings, clock: Clock, log: Log): Net {
  const net = netOnDemand(settings, clock)
  const failed = (cause: unknown) =>
    log.error({ err: cause }, 'the thread that sends requests has ended; they are sent without it')
  return clock === systemClock ? netInCrowds(net, settings, { failed }) : net
}

/**
 * Hosts that need no further permission: those the owner named as a provider's base URL, and a connector's own when it is
 * an address of this machine by definition, like the sandbox's.
 */
function ownHosts(config: Config, catalog: Catalog): string[] {
  const named = Object.values(config.baseUrls).map(url => new URL(url).host)
  const local = [...catalog.providers.values()]
    // One with a `{name}` in its host is no URL yet, and no address of this machine.
    .map(({ base }) => URL.parse(base))
    .flatMap(url => (url?.hostname === '127.0.0.1' ? [url.host] : []))
  return [...named, ...local]
}
