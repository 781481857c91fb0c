import { Badge } from '../../kit/badge.tsx'
import { CopyButton } from '../../kit/copy-button.tsx'
import { Disclosure } from '../../kit/disclosure.tsx'
import { Time } from '../../kit/time.tsx'
import { Fact, Facts } from '../../scope/fact.tsx'
import { type Connection, scopesOf } from './connection.ts'

/** What few need to know of a connection: its scopes, its id, and what was kept beside its credential. */
export function ConnectionDetails({ connection }: { connection: Connection }) {
  const { id, account, expiresAt, metadata, scopes, secretRef, state, stateAt } = connection
  const { held, missing } = scopesOf(connection)
  return (
    <Disclosure summary={<>Details{countOf(connection)}</>}>
      <Facts>
        <Fact term={scopes.granted ? 'Granted' : 'Asked for'}>
          {held.length > 0 ? <Scopes of={held} /> : 'No scopes: it may do what its credential may.'}
        </Fact>
        {missing.length > 0 && (
          <Fact term="Not granted">
            <Scopes of={missing} tone="warn" />
          </Fact>
        )}
        {!scopes.granted && held.length > 0 && <Fact term="Granted">The provider does not say.</Fact>}
        <Fact term="Id">
          <span className="flex flex-wrap items-center gap-x-2">
            <code className="font-mono text-[0.8125rem]">{id}</code>
            <CopyButton text={id} label={`id of ${connection.label}`} />
          </span>
        </Fact>
        {account.id && account.id !== account.label && (
          <Fact term="Account id">
            <code className="font-mono text-[0.8125rem]">{account.id}</code>
          </Fact>
        )}
        {Object.entries(metadata).map(([name, value]) => (
          <Fact key={name} term={name}>
            {value}
          </Fact>
        ))}
        {secretRef && (
          <Fact term="Secret read from">
            <code className="font-mono text-[0.8125rem]">{secretRef}</code>
          </Fact>
        )}
        {expiresAt && (
          <Fact term="Credential ends">
            <Time at={expiresAt} />
          </Fact>
        )}
        {state === 'healthy' && (
          <Fact term="Healthy since">
            <Time at={stateAt} />
          </Fact>
        )}
      </Facts>
    </Disclosure>
  )
}

/** How many scopes it holds, and of how many where it lacks some. */
function countOf(connection: Connection): string {
  const { held, missing } = scopesOf(connection)
  if (held.length + missing.length === 0) return ''
  if (missing.length > 0) return `: ${held.length} of ${held.length + missing.length} scopes`
  return held.length === 1 ? ': 1 scope' : `: ${held.length} scopes`
}

function Scopes({ of, tone = 'plain' }: { of: readonly string[]; tone?: 'plain' | 'warn' }) {
  return (
    <ul className="flex flex-wrap gap-1.5">
      {of.map(scope => (
        <li key={scope} className="min-w-0 max-w-full">
          <Badge tone={tone}>{scope}</Badge>
        </li>
      ))}
    </ul>
  )
}
