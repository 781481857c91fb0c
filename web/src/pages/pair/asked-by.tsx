import { Time } from '../../kit/time.tsx'
import { type Choices, namesOf } from '../../scope/choices.ts'
import { Fact, Facts } from '../../scope/fact.tsx'
import { scopeSentence } from '../../scope/scope-sentence.ts'
import { TimeLeft } from '../../scope/time-left.tsx'
import type { Pairing } from './pairing.ts'

/** Who asks, and for what: what the device says apart from what ClawLink saw itself. */
export function AskedBy({ pairing, choices }: { pairing: Pairing; choices: Choices }) {
  const { label, host, address, environment, scope, createdAt, expiresAt } = pairing
  const asks = scopeSentence({ environment, scope, callsPerMinute: null, callsPerDay: null }, namesOf(choices))
  return (
    <section aria-label="Who asks" className="flex flex-col gap-4 border-line border-b pb-6">
      <div className="rounded-lg border border-edge border-dashed p-3.5">
        <p className="mb-2.5 font-medium text-soft text-xs">
          What the device says of itself. Nobody has checked any of it.
        </p>
        <Facts>
          <Fact term="Calls itself">“{label}”</Fact>
          {host && <Fact term="Computer">“{host}”</Fact>}
          <Fact term="Asks">{asks.replace(/^May /, 'To ')}</Fact>
        </Facts>
      </div>
      <div className="px-3.5">
        <Facts>
          <Fact term="Asked from">
            <span className="font-mono">{address}</span>, <Time at={createdAt} />
          </Fact>
          <Fact term="Time left">
            <TimeLeft until={expiresAt} />
          </Fact>
        </Facts>
      </div>
    </section>
  )
}
