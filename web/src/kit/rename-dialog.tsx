import type { Problem } from '../api/problem.ts'
import { Dialog, DialogSubmit } from './dialog.tsx'
import { Field } from './field.tsx'
import { Form } from './form.tsx'
import { Input } from './input.tsx'

type Props = {
  title: string
  about: string
  /** What is asked for, and the name of its field. */
  name: string
  label: string
  value: string
  busy: boolean
  problem: Problem | null
  onRename(value: string): void
  onClose(): void
}

/** Gives something another name. */
export function RenameDialog({ title, about, name, label, value, busy, problem, onRename, onClose }: Props) {
  return (
    <Dialog open onClose={onClose} title={title} about={about}>
      <Form onSubmit={read => onRename(read(name))} problem={problem}>
        <Field name={name} label={label}>
          <Input defaultValue={value} required maxLength={80} autoComplete="off" />
        </Field>
        <DialogSubmit onClose={onClose} busy={busy}>
          Rename
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
