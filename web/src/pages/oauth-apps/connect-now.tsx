import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { Button } from '../../kit/button.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { Note } from '../../kit/note.tsx'
import { Outcome } from '../../scope/outcome.tsx'
import type { Added, Registration } from './oauth-app.ts'

/** After an OAuth app was added: what can be connected with it right away. */
export function ConnectNow({
  added,
  registration: { name, providers },
  onAnother,
}: {
  added: Added
  registration: Registration
  onAnother(): void
}) {
  return (
    <Card className="max-w-3xl">
      <div className="flex flex-col gap-5">
        <Outcome icon={CircleCheck} tone="good">
          <h2 className="text-base text-ink">{added.label} is ready</h2>
          <p>
            Its secret is sealed. Client id: <span className="break-all font-mono text-sm">{added.clientId}</span>
          </p>
        </Outcome>
        {added.warnings.map(warning => (
          <Note key={warning} tone="warn" title={`Something is still missing at ${name}`}>
            {warning}
          </Note>
        ))}
        <section aria-label="Connect now" className="flex flex-col gap-2">
          <h3 className="font-medium text-sm">Connect now</h3>
          <div className="flex flex-wrap gap-2">
            {providers.map(provider => (
              <Link
                key={provider.slug}
                to="/connections"
                search={{ connect: provider.slug }}
                className={buttonStyle(providers.length === 1 ? 'primary' : 'secondary')}
              >
                {provider.name}
              </Link>
            ))}
          </div>
        </section>
        <div className="flex flex-wrap gap-2 border-line border-t pt-4">
          <Link to="/connections/apps" className={buttonStyle('quiet')}>
            All OAuth apps
          </Link>
          <Button look="quiet" onClick={onAnother}>
            Add another
          </Button>
        </div>
      </div>
    </Card>
  )
}
