import { useSend } from '../../api/queries.ts'
import { Dialog, DialogKept, DialogSubmit } from '../../kit/dialog.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Select } from '../../kit/select.tsx'
import { type Endpoint, nameOf } from './endpoint.ts'
import { ShownSecret } from './shown-secret.tsx'

const overlaps = [
  { value: '24', label: '1 day' },
  { value: '1', label: '1 hour' },
  { value: '0', label: 'Not at all: it ends now' },
]

/** Gives an endpoint a new secret; the old one signs too for a while, so that nothing is lost meanwhile. */
export function ReplaceSecret({ endpoint, onClose }: { endpoint: Endpoint; onClose(): void }) {
  const replace = useSend('POST /endpoints/{id}/secret', { gcTime: 0 })
  if (replace.data)
    return (
      <Dialog open onClose={onClose} title="The new secret">
        <ShownSecret secret={replace.data.secret} />
        <DialogKept onClose={onClose} />
      </Dialog>
    )
  return (
    <Dialog
      open
      onClose={onClose}
      title={`New secret for ${nameOf(endpoint)}`}
      about="Messages carry a signature by each, so put the new one in place while the old one still works."
    >
      <Form
        problem={replace.error}
        onSubmit={read =>
          replace.mutate({ params: { id: endpoint.id }, body: { overlapHours: Number(read('overlapHours')) } })
        }
      >
        <Field name="overlapHours" label="The old one goes on for">
          <Select options={overlaps} defaultValue="24" />
        </Field>
        <DialogSubmit onClose={onClose} busy={replace.isPending}>
          Make secret
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
