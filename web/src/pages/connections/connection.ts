import { CircleCheck, CircleX, Hourglass, type LucideIcon, ShieldAlert, Unplug } from 'lucide-react'
import type { Item } from '../../api/send.ts'
import type { Tone } from '../../kit/badge.tsx'

export type Connection = Item<'GET /connections'>
export type Environment = Connection['environment']
export type Repair = 'reconnect' | 'check'

/** What each state is called, what it means for the agents, and the one thing that repairs it. */
export const states: Record<
  Connection['state'],
  { word: string; tone: Tone; icon: LucideIcon; meaning: string; repair?: Repair }
> = {
  healthy: { word: 'healthy', tone: 'good', icon: CircleCheck, meaning: 'Works.' },
  expiring: {
    word: 'ends soon',
    tone: 'warn',
    icon: Hourglass,
    meaning: 'Works, but its credential ends soon and cannot renew itself.',
    repair: 'reconnect',
  },
  needs_reauth: {
    word: 'needs reconnecting',
    tone: 'bad',
    icon: Unplug,
    meaning: 'The provider takes its credential no more: every call with it is refused.',
    repair: 'reconnect',
  },
  missing_scope: {
    word: 'lacks a scope',
    tone: 'warn',
    icon: ShieldAlert,
    meaning: 'Works, but not for everything that was asked for.',
    repair: 'reconnect',
  },
  degraded: {
    word: 'in trouble',
    tone: 'warn',
    icon: CircleX,
    meaning: 'The last calls failed at the provider. Calls still go out.',
    repair: 'check',
  },
}

/** Connections by provider, both in the order of their names. Pure. */
export function byProvider(
  connections: readonly Connection[],
  nameOf: (slug: string) => string,
): { slug: string; name: string; connections: Connection[] }[] {
  const groups = Map.groupBy(connections, ({ provider }) => provider)
  return [...groups]
    .map(([slug, of]) => ({ slug, name: nameOf(slug), connections: of.toSorted(byLabel) }))
    .toSorted((a, b) => a.name.localeCompare(b.name))
}

const byLabel = (a: Connection, b: Connection) =>
  a.environment.localeCompare(b.environment) || a.label.localeCompare(b.label)

/**
 * Which of a provider's connections a call takes that names none, one sentence per environment that has several; nothing
 * where there is only one to take. Pure.
 */
export function defaultsOf(connections: readonly Connection[]): string[] {
  return [...Map.groupBy(connections, ({ environment }) => environment)]
    .filter(([, of]) => of.length > 1)
    .map(([environment, of]) => {
      const chosen = of.find(({ isDefault }) => isDefault)
      return chosen
        ? `A ${environment} call that names no connection takes “${chosen.label}”.`
        : `None is the default for ${environment}: a ${environment} call has to name one.`
    })
}

/** Scopes as the provider granted them, and which of the asked ones it did not. Pure. */
export function scopesOf({ scopes: { asked, granted } }: Connection): { held: readonly string[]; missing: string[] } {
  return { held: granted ?? asked, missing: granted ? asked.filter(scope => !granted.includes(scope)) : [] }
}
