import { useSend } from '../../api/queries.ts'
import { Dialog, DialogKept, DialogSubmit } from '../../kit/dialog.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Select } from '../../kit/select.tsx'
import type { Key } from './agent.ts'
import { NewKey } from './new-key.tsx'

const overlaps = [
  { value: '0', label: 'Not at all: it ends now' },
  { value: '15', label: '15 minutes' },
  { value: '60', label: '1 hour' },
  { value: '1440', label: '1 day' },
  { value: '10080', label: '7 days' },
]

/** Puts a new key in the place of one, which goes on for a while so that nothing stops. */
export function RotateKey({ of: key, onClose }: { of: Key; onClose(): void }) {
  const rotate = useSend('POST /keys/{id}/rotate', { refresh: ['GET /agents'], gcTime: 0 })
  if (rotate.data)
    return (
      <Dialog open onClose={onClose} shape="wide" title="The new key">
        <NewKey secret={rotate.data.secret} />
        <DialogKept onClose={onClose} />
      </Dialog>
    )
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Rotate ${key.key}`}
      about="The new key may do the same, and lasts as long. Put it in place while the old one still works."
    >
      <Form
        onSubmit={read =>
          rotate.mutate({ params: { id: key.id }, body: { overlapMinutes: Number(read('overlapMinutes')) } })
        }
        problem={rotate.error}
      >
        <Field name="overlapMinutes" label="The old key goes on for">
          <Select options={overlaps} defaultValue="60" />
        </Field>
        <DialogSubmit onClose={onClose} busy={rotate.isPending}>
          Rotate key
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
