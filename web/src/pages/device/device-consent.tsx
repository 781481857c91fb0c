import { Ban, CircleCheck } from 'lucide-react'
import { useSend } from '../../api/queries.ts'
import type { Answer } from '../../api/send.ts'
import { Panel } from '../../frame/panel.tsx'
import { Button } from '../../kit/button.tsx'
import { Outcome } from '../../scope/outcome.tsx'
import { ConsentForm } from '../consent/consent-form.tsx'

/** The decision about a device that waits, and how it ended. */
export function DeviceConsent({
  code,
  asking,
  onOther,
}: {
  code: string
  asking: Answer<'GET /oauth/device'>
  /** Back to typing a code. */
  onOther(): void
}) {
  const approve = useSend('POST /oauth/device/approve')
  const deny = useSend('POST /oauth/device/deny')
  const name = asking.client.name || 'The device'
  if (approve.data || deny.data)
    return (
      <Panel title={approve.data ? 'Allowed' : 'Denied'}>
        {approve.data ? (
          <Outcome icon={CircleCheck} tone="good">
            <p className="font-medium text-ink">“{name}” is let in.</p>
            <p>Go back to the device: it goes on by itself. You can close this page.</p>
          </Outcome>
        ) : (
          <Outcome icon={Ban} tone="bad">
            <p className="font-medium text-ink">“{name}” is not let in.</p>
            <p>The device is told so. Nothing else has to be done.</p>
          </Outcome>
        )}
        <Button onClick={onOther}>Type another code</Button>
      </Panel>
    )
  return (
    <Panel
      wide
      title="Let this device in?"
      about={
        <>
          Only if it is yours and shows the code <code className="font-mono font-semibold text-ink">{code}</code>. It
          would become an agent of your workspace.
        </>
      }
    >
      <ConsentForm
        asking={asking}
        problem={approve.error ?? deny.error}
        busy={approve.isPending ? 'allow' : deny.isPending ? 'deny' : undefined}
        onAllow={grant => approve.mutate({ body: { code, ...grant } })}
        onDeny={() => deny.mutate({ body: { code } })}
      />
    </Panel>
  )
}
