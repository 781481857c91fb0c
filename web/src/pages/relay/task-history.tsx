import { Time } from '../../kit/time.tsx'
import { eventText, saidIn, type TaskEvent } from './task-words.ts'
import { Words } from './words.tsx'

/** All that happened to a task, in order, with what was said. */
export function TaskHistory({ events }: { events: readonly TaskEvent[] }) {
  return (
    <ol aria-label="History" className="flex flex-col gap-4">
      {events.map(event => (
        <li key={event.version} className="flex min-w-0 flex-col gap-1.5">
          <p className="wrap-anywhere text-sm">
            {eventText(event)}{' '}
            <span className="text-faint">
              <Time at={event.at} />
            </span>
          </p>
          {saidIn(event.said).map(({ term, value }) => (
            <div key={term}>
              <p aria-hidden className="text-faint text-xs">
                {term}
              </p>
              <Words value={value} label={term} />
            </div>
          ))}
        </li>
      ))}
    </ol>
  )
}
