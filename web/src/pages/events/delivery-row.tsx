import { RotateCw } from 'lucide-react'
import { useSend } from '../../api/queries.ts'
import type { Item } from '../../api/send.ts'
import { Badge, type Tone } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { ListRow } from '../../kit/list.tsx'
import { Time } from '../../kit/time.tsx'
import { useToast } from '../../kit/toast.tsx'
import { type Endpoint, nameOf } from './endpoint.ts'
import { wordsOf } from './event-types.ts'

type Delivery = Item<'GET /deliveries'>

const states: Record<Delivery['state'], { word: string; tone: Tone }> = {
  waiting: { word: 'on its way', tone: 'sea' },
  delivered: { word: 'delivered', tone: 'good' },
  failed: { word: 'failed', tone: 'bad' },
}

/** One event on its way to one endpoint, and sending it again. */
export function DeliveryRow({
  delivery: { id, type, state, attempts, status, problem, createdAt, nextAt },
  endpoint,
  canReplay,
}: {
  delivery: Delivery
  endpoint: Endpoint | undefined
  canReplay: boolean
}) {
  const toast = useToast()
  const replay = useSend('POST /deliveries/{id}/replay', {
    refresh: ['GET /deliveries'],
    onSuccess: () => toast('It is on its way again.'),
    onError: fault => toast(`${fault.message} ${fault.fix}`, 'bad'),
  })
  const { word, tone } = states[state]
  return (
    <ListRow
      title={
        <>
          <code className="font-mono text-sm">{type}</code>
          <Badge tone={tone}>{word}</Badge>
          {status !== null && <Badge>{status}</Badge>}
        </>
      }
      about={
        <>
          <p className="wrap-anywhere">
            {wordsOf(type)}
            {endpoint && <> · to {nameOf(endpoint)}</>}
          </p>
          {problem && <p className="wrap-anywhere text-bad">{problem}</p>}
          <p className="text-faint">
            <Time at={createdAt} />
            {attempts > 0 && <> · {attempts === 1 ? 'tried once' : `tried ${attempts} times`}</>}
            {nextAt && attempts > 0 && (
              <>
                {' · again '}
                <Time at={nextAt} />
              </>
            )}
          </p>
        </>
      }
      actions={
        canReplay &&
        state !== 'waiting' && (
          <Button
            size="small"
            look="quiet"
            icon={RotateCw}
            busy={replay.isPending}
            onClick={() => replay.mutate({ params: { id } })}
          >
            Send again
          </Button>
        )
      }
    />
  )
}
