import { Check, X } from 'lucide-react'
import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { IconButton } from '../../kit/icon-button.tsx'
import { Input } from '../../kit/input.tsx'
import type { Connection } from './connection.ts'

/** Changes a label where it stands. Enter keeps it, Escape leaves it as it was. */
export function LabelForm({ connection: { id, label }, onClose }: { connection: Connection; onClose(): void }) {
  const [typed, setTyped] = useState(label)
  const change = useSend('PATCH /connections/{id}', { refresh: ['GET /connections'], onSuccess: onClose })
  return (
    <form
      className="flex min-w-0 flex-1 flex-wrap items-center gap-1"
      onSubmit={event => {
        event.preventDefault()
        if (typed.trim() === label) onClose()
        else change.mutate({ params: { id }, body: { label: typed.trim() } })
      }}
    >
      <Input
        autoFocus
        aria-label={`Label of ${label}`}
        aria-invalid={change.error !== null || undefined}
        value={typed}
        onChange={event => setTyped(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') onClose()
        }}
        onFocus={event => event.target.select()}
        required
        maxLength={80}
        autoComplete="off"
        className="max-w-72 flex-1 font-medium"
      />
      <IconButton type="submit" icon={Check} label="Keep this label" disabled={change.isPending} />
      <IconButton icon={X} label="Leave the label as it was" onClick={onClose} />
      {change.error && (
        <p role="alert" className="basis-full font-normal text-bad text-sm">
          {change.error.field('label') ? `The label ${change.error.field('label')}.` : change.error.message}
        </p>
      )}
    </form>
  )
}
