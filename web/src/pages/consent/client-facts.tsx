import { BadgeCheck, TriangleAlert } from 'lucide-react'
import { Badge } from '../../kit/badge.tsx'
import { Note } from '../../kit/note.tsx'
import { Fact, Facts } from '../../scope/fact.tsx'
import { TimeLeft } from '../../scope/time-left.tsx'
import { type Asking, clientHost } from './asking.ts'

/** Who asks: what the client says of itself, and where the answer really goes. */
export function ClientFacts({ asking }: { asking: Asking }) {
  const { client, resource, expiresAt, address } = asking
  const { name, uri, redirectHost, loopbackOnly, verified } = client
  return (
    <section aria-label="Who asks" className="flex flex-col gap-4 border-line border-b pb-6">
      {loopbackOnly && (
        <Note tone="warn" title="The answer goes to a program on this computer.">
          Any program here can listen there and use any name. Allow it only if you started this yourself, just now.
        </Note>
      )}
      <div className="rounded-lg border border-edge border-dashed p-3.5">
        <p className="mb-2.5 font-medium text-soft text-xs">
          What the program says of itself. Nobody has checked any of it.
        </p>
        <Facts>
          <Fact term="Calls itself">{name ? `“${name}”` : 'nothing'}</Fact>
          {uri && <Fact term="Its page">{uri}</Fact>}
        </Facts>
      </div>
      <div className="px-3.5">
        <Facts>
          <Fact term="Client">
            {verified ? (
              <>
                <span className="font-mono">{clientHost(client)}</span>{' '}
                <Badge tone="good" icon={BadgeCheck}>
                  published there
                </Badge>
              </>
            ) : (
              <Badge tone="warn" icon={TriangleAlert}>
                unknown maker: it registered itself
              </Badge>
            )}
          </Fact>
          {redirectHost && (
            <Fact term="Answer goes to">
              <span className="font-mono">{redirectHost}</span>
            </Fact>
          )}
          {address && (
            <Fact term="Asked from">
              <span className="font-mono">{address}</span>
            </Fact>
          )}
          <Fact term="Wants into">
            <span className="font-mono">{resource}</span>
          </Fact>
          <Fact term="Time left">
            <TimeLeft until={expiresAt} />
          </Fact>
        </Facts>
      </div>
    </section>
  )
}
