import { Link } from '@tanstack/react-router'
import { Card } from '../../kit/card.tsx'
import { countOf, type Registration } from './oauth-app.ts'

/** What this OAuth app connects, and what each asks for. */
export function Serves({ registration: { providers, apps } }: { registration: Registration }) {
  return (
    <Card title={`Connects ${countOf(providers.length, 'app')}`} flush>
      <ul aria-label="What it connects" className="divide-y divide-line text-sm">
        {providers.map(({ slug, name, scopes }) => (
          <li key={slug} className="px-4 py-2.5 sm:px-5">
            <div className="flex items-center justify-between gap-2">
              <span className="min-w-0 truncate font-medium">{name}</span>
              {apps > 0 && (
                <Link to="/connections" search={{ connect: slug }} className="text-sea underline">
                  Connect<span className="sr-only"> {name}</span>
                </Link>
              )}
            </div>
            {scopes.length > 0 && (
              <details className="text-faint">
                <summary className="w-fit text-xs">{countOf(scopes.length, 'scope')}</summary>
                <ul className="mt-1 flex flex-col gap-0.5 break-all font-mono text-xs">
                  {scopes.map(scope => (
                    <li key={scope}>{scope}</li>
                  ))}
                </ul>
              </details>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
