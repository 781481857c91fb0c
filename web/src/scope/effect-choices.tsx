import { Eye, Flame, PenLine } from 'lucide-react'
import { useId } from 'react'
import { classes } from '../kit/classes.ts'
import { allEffects, type Effect } from './draft.ts'

const options = {
  read: {
    label: 'Read',
    about: 'Look at things: list, search, fetch. Nothing changes.',
    icon: Eye,
    look: 'has-checked:border-sea has-checked:bg-sea-wash',
    mark: 'text-sea',
  },
  write: {
    label: 'Write',
    about: 'Make and change things: create, send, update.',
    icon: PenLine,
    look: 'has-checked:border-warn has-checked:bg-warn-wash',
    mark: 'text-warn',
  },
  destructive: {
    label: 'Destructive',
    about: 'Delete, overwrite, pay back: what cannot be undone. The policy of the workspace still decides about each.',
    icon: Flame,
    look: 'has-checked:border-bad has-checked:bg-bad-wash',
    mark: 'text-bad',
  },
} as const satisfies Record<Effect, unknown>

/** What a key may do to the accounts behind the connections: any of three. */
export function EffectChoices({
  chosen,
  problem,
  onChange,
}: {
  chosen: readonly Effect[]
  problem?: string | undefined
  onChange(effects: Effect[]): void
}) {
  const id = useId()
  return (
    <fieldset aria-describedby={problem && `${id}-problem`} className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 font-medium text-sm">It may</legend>
      {allEffects.map(effect => {
        const { label, about, icon: Icon, look, mark } = options[effect]
        return (
          <label
            key={effect}
            htmlFor={`${id}-${effect}`}
            className={classes(
              'flex cursor-pointer items-start gap-2.5 rounded-lg border border-line p-3 transition-colors hover:bg-hover',
              look,
            )}
          >
            <input
              type="checkbox"
              id={`${id}-${effect}`}
              className="mt-0.5 size-4.5 shrink-0"
              checked={chosen.includes(effect)}
              onChange={event =>
                onChange(allEffects.filter(each => (each === effect ? event.target.checked : chosen.includes(each))))
              }
            />
            <span className="min-w-0 flex-1 text-sm">
              <span className="block font-medium">{label}</span>
              <span className="block text-soft">{about}</span>
            </span>
            <Icon className={classes('mt-0.5 size-4 shrink-0', mark)} aria-hidden />
          </label>
        )
      })}
      {problem && (
        <p id={`${id}-problem`} className="text-bad text-sm">
          {problem}
        </p>
      )}
    </fieldset>
  )
}
