import { Badge } from '../../kit/badge.tsx'
import { Note } from '../../kit/note.tsx'
import { Tabs } from '../../kit/tabs.tsx'
import { ByDevice } from './by-device.tsx'
import { ByFields } from './by-fields.tsx'
import { ByRedirect } from './by-redirect.tsx'
import { isAppMissing } from './oauth-app-choice.tsx'
import { capital, courseOf, type Opened, type Way } from './session.ts'

const courses = { redirect: ByRedirect, device: ByDevice, fields: ByFields }

/** The ways to connect: that of before first where an account is connected anew, else the recommended one. */
export function Ways({ session }: { session: Opened }) {
  const { problem, reconnects } = session
  const former = session.ways.find(({ label }) => label === reconnects?.authLabel)
  const ways = former ? [former, ...session.ways.filter(way => way !== former)] : session.ways
  const [only] = ways
  return (
    <>
      {problem && (
        <Note tone="bad" title="The last try did not work.">
          {problem.message} Nothing was kept: try again, or another way.
        </Note>
      )}
      {ways.length === 1 && only ? (
        <OneWay session={session} way={only} />
      ) : (
        <Tabs
          label="Ways to connect"
          oneRow
          tabs={ways.map((way, index) => ({
            value: way.id,
            label: capital(way.label),
            content: (
              <div className="flex flex-col gap-4">
                {index === 0 && (
                  <p className="flex flex-wrap items-center gap-2 text-soft text-sm">
                    <Badge tone="sea">{former ? 'as before' : 'recommended'}</Badge>
                    {isAppMissing(way) ? 'once its OAuth app is there' : former ? '' : 'the shortest way'}
                  </p>
                )}
                <OneWay session={session} way={way} />
              </div>
            ),
          }))}
        />
      )}
    </>
  )
}

function OneWay({ session, way }: { session: Opened; way: Way }) {
  const Course = courses[courseOf(way)]
  return (
    // What has the focus is not hidden by the answers, which stay in sight at the lower edge.
    <div className="[&_*]:scroll-mb-28">
      <Course key={way.id} session={session} way={way} />
    </div>
  )
}
