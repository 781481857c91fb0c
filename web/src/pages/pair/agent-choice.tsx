import { Field } from '../../kit/field.tsx'
import { Input } from '../../kit/input.tsx'
import { Select } from '../../kit/select.tsx'
import type { Agent } from '../agents/agent.ts'

/** Which agent a device becomes: a new one of this name, or the one that is there. */
export type AgentWish = { isNew: boolean; name: string }

/** Whether a new agent cannot be called so. Pure. */
export const isTaken = ({ isNew, name }: AgentWish, agents: readonly Agent[]) =>
  isNew && agents.some(agent => agent.name === name.trim())

const aNewOne = ''

/** A device cannot choose to be an agent that is there; only a member can, and only on purpose. */
export function AgentChoice({
  wish,
  label,
  agents,
  onChange,
}: {
  wish: AgentWish
  /** How the device calls itself. */
  label: string
  agents: readonly Agent[]
  onChange(wish: AgentWish): void
}) {
  const known = agents.filter(({ active, name }) => active || name === wish.name)
  return (
    <div className={known.length > 0 ? 'grid gap-5 sm:grid-cols-2' : undefined}>
      {known.length > 0 && (
        <Field label="It becomes">
          <Select
            options={[
              { value: aNewOne, label: 'A new agent' },
              ...known.map(({ name }) => ({ value: name, label: `${name}, with another key` })),
            ]}
            value={wish.isNew ? aNewOne : wish.name}
            onChange={({ target: { value } }) =>
              onChange(value === aNewOne ? { isNew: true, name: label } : { isNew: false, name: value })
            }
          />
        </Field>
      )}
      {wish.isNew && (
        <Field
          name="name"
          label="Name of the agent"
          problem={isTaken(wish, agents) ? 'is taken: choose that agent, or another name' : undefined}
        >
          <Input
            value={wish.name}
            onChange={event => onChange({ isNew: true, name: event.target.value })}
            required
            maxLength={80}
            autoComplete="off"
          />
        </Field>
      )}
    </div>
  )
}
