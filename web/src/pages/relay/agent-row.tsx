import type { Item } from '../../api/send.ts'
import { Avatar } from '../../kit/avatar.tsx'
import { Badge } from '../../kit/badge.tsx'
import { Disclosure } from '../../kit/disclosure.tsx'
import { ListRow } from '../../kit/list.tsx'
import { Time } from '../../kit/time.tsx'
import { isOfKey } from './device.ts'

type Agent = Item<'GET /relay/agents'>

/** One agent: whether it is there, what it says it can do, and at which devices it runs. */
export function AgentRow({ agent }: { agent: Agent }) {
  const { name, status, description, capabilities, accepts, machine, lastSeenAt, devices } = agent
  return (
    <ListRow
      align="start"
      lead={<Avatar name={name} />}
      title={
        <>
          <span className="wrap-anywhere">{name}</span>
          <Status status={status} />
        </>
      }
      about={
        <>
          {description && <p className="wrap-anywhere">“{description}”</p>}
          <p className="wrap-anywhere text-faint">
            {machine && <>{machine} · </>}
            {status === 'online' ? 'heard of ' : 'last heard of '}
            <Time at={lastSeenAt} />
          </p>
          {capabilities.length + accepts.length > 0 && (
            <p className="wrap-anywhere mt-1 text-ink">
              {capabilities.length > 0 && <Named term="Can do" words={capabilities} />}
              {capabilities.length > 0 && accepts.length > 0 && <span className="text-faint"> · </span>}
              {accepts.length > 0 && <Named term="Takes" words={accepts} />}
            </p>
          )}
          {devices.length > 0 && (
            <Disclosure summary={devices.length === 1 ? '1 device' : `${devices.length} devices`}>
              <ul aria-label={`Devices of ${name}`} className="flex flex-col gap-2 pb-1 text-sm">
                {devices.map(each => (
                  <li key={each.device} className="flex flex-wrap items-center gap-x-2 gap-y-1">
                    <span className="wrap-anywhere font-medium">
                      {each.name || (isOfKey(each.device) ? 'Unnamed' : each.device)}
                    </span>
                    <Status status={each.status} />
                    <span className="wrap-anywhere text-faint">
                      {each.machine && <>{each.machine} · </>}
                      <Time at={each.lastSeenAt} />
                    </span>
                  </li>
                ))}
              </ul>
            </Disclosure>
          )}
        </>
      }
    />
  )
}

function Status({ status }: Pick<Agent, 'status'>) {
  return <Badge tone={status === 'online' ? 'good' : 'plain'}>{status}</Badge>
}

function Named({ term, words }: { term: string; words: string[] }) {
  return (
    <>
      <span className="text-faint">{term}: </span>
      {words.join(', ')}
    </>
  )
}
