import { useSend } from '../../api/queries.ts'
import { Dialog, DialogKept, DialogSubmit } from '../../kit/dialog.tsx'
import { Form } from '../../kit/form.tsx'
import { affected } from './endpoint.ts'
import { EndpointFields, readEndpoint } from './endpoint-fields.tsx'
import { ShownSecret } from './shown-secret.tsx'

/** Adds an endpoint and shows its secret, this once. */
export function AddEndpoint({ onClose }: { onClose(): void }) {
  const add = useSend('POST /endpoints', { refresh: affected, gcTime: 0 })
  if (add.data)
    return (
      <Dialog open onClose={onClose} title="The endpoint is added">
        <ShownSecret secret={add.data.secret} />
        <DialogKept onClose={onClose} />
      </Dialog>
    )
  return (
    <Dialog open onClose={onClose} title="Add an endpoint">
      <Form problem={add.error} onSubmit={read => add.mutate({ body: readEndpoint(read) })}>
        <EndpointFields />
        <DialogSubmit onClose={onClose} busy={add.isPending}>
          Add endpoint
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
