import type { Parts } from '../api/send.ts'

type KeyWish = Parts<'POST /keys'>['body']
export type Scope = NonNullable<KeyWish['scope']>
export type Effect = NonNullable<Scope['effects']>[number]
export type Environment = KeyWish['environment']

export const allEffects = ['read', 'write', 'destructive'] as const satisfies readonly Effect[]

/** What a key may do, as the form holds it: chosen and typed, and not yet sure to be right. */
export type Draft = {
  environment: Environment
  effects: readonly Effect[]
  /** Slugs. */
  providers: readonly string[] | 'all'
  /** Ids. */
  connections: readonly string[] | 'all'
  /** Names of tools, as they were typed; empty for all. */
  tools: string
  manageConnections: boolean
  /** null: until it is revoked. */
  expiresInDays: number | null
  /** As they were typed; empty for no limit. */
  callsPerMinute: string
  callsPerDay: string
}

/** What the server takes. */
export type Terms = {
  environment: Environment
  scope: Scope
  callsPerMinute: number | null
  callsPerDay: number | null
  expiresInDays?: number
}

/** What is wrong with a draft, by the part of the form that says it. */
export type DraftProblems = Partial<
  Record<'effects' | 'providers' | 'connections' | 'callsPerMinute' | 'callsPerDay', string>
>

/** What is known before somebody chooses: what a device asks for, or what a key has. */
export type Wish = {
  environment?: Environment
  scope?: Scope
  callsPerMinute?: number | null
  callsPerDay?: number | null
}

/** Where nobody has asked for anything: what destroys has to be chosen on purpose. */
export const modest: Wish = { scope: { effects: ['read', 'write'] } }

/** The form as it opens. Pure. */
export function draftOf({ environment = 'live', scope = {}, callsPerMinute, callsPerDay }: Wish = {}): Draft {
  return {
    environment,
    effects: scope.effects ?? allEffects,
    providers: scope.providers ?? 'all',
    connections: scope.connections ?? 'all',
    tools: scope.tools?.join('\n') ?? '',
    manageConnections: scope.manageConnections ?? false,
    expiresInDays: 90,
    callsPerMinute: callsPerMinute?.toString() ?? '',
    callsPerDay: callsPerDay?.toString() ?? '',
  }
}

/** What a draft amounts to, whether or not it can be sent. Pure. */
export function termsOf(draft: Draft): Terms {
  const { environment, effects, providers, connections, manageConnections, expiresInDays } = draft
  const tools = namesIn(draft.tools)
  return {
    environment,
    scope: {
      ...(effects.length < allEffects.length && { effects: allEffects.filter(effect => effects.includes(effect)) }),
      ...(providers !== 'all' && { providers: [...providers] }),
      ...(connections !== 'all' && { connections: [...connections] }),
      ...(tools.length > 0 && { tools }),
      ...(manageConnections && { manageConnections }),
    },
    callsPerMinute: limitIn(draft.callsPerMinute),
    callsPerDay: limitIn(draft.callsPerDay),
    ...(expiresInDays !== null && { expiresInDays }),
  }
}

/** What keeps a draft from being sent; empty when nothing does. Pure. */
export function problemsOf(draft: Draft): DraftProblems {
  const { effects, providers, connections, callsPerMinute, callsPerDay } = draft
  return {
    ...(effects.length === 0 && { effects: 'Choose at least one.' }),
    ...(providers.length === 0 && { providers: 'Choose at least one app, or every app.' }),
    ...(connections.length === 0 && { connections: 'Choose at least one connection, or every one.' }),
    ...(isNoLimit(callsPerMinute, 1_000_000) && { callsPerMinute: 'must be a whole number from 1 to 1,000,000' }),
    ...(isNoLimit(callsPerDay, 1_000_000_000) && { callsPerDay: 'must be a whole number from 1 to 1,000,000,000' }),
  }
}

const namesIn = (typed: string) => [...new Set(typed.split(/[\s,;]+/).filter(Boolean))]

/** The number that was typed, also as `20 000` or `1,000`. */
function limitIn(typed: string): number | null {
  const isNumber = /^\s*(\d+|\d{1,3}([ ,'’]\d{3})+)\s*$/.test(typed)
  return isNumber ? Number(typed.replace(/\D/g, '')) : null
}

function isNoLimit(typed: string, max: number): boolean {
  const limit = limitIn(typed)
  return typed.trim() !== '' && (limit === null || limit < 1 || limit > max)
}
