import { useSend } from '../../api/queries.ts'
import { Dialog, DialogSubmit } from '../../kit/dialog.tsx'
import { Form } from '../../kit/form.tsx'
import { affected, type Endpoint, nameOf } from './endpoint.ts'
import { EndpointFields, readEndpoint } from './endpoint-fields.tsx'

/** Changes where an endpoint is and what it is told of. */
export function ChangeEndpoint({ endpoint, onClose }: { endpoint: Endpoint; onClose(): void }) {
  const change = useSend('PATCH /endpoints/{id}', { refresh: affected, onSuccess: onClose })
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Change ${nameOf(endpoint)}`}
      about="What is on its way goes to the new URL. The secret stays."
    >
      <Form
        problem={change.error}
        onSubmit={read => change.mutate({ params: { id: endpoint.id }, body: readEndpoint(read) })}
      >
        <EndpointFields {...endpoint} />
        <DialogSubmit onClose={onClose} busy={change.isPending}>
          Save
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
