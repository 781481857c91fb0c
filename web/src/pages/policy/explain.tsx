import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { askAll, useSend } from '../../api/queries.ts'
import type { Answer } from '../../api/send.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { Field } from '../../kit/field.tsx'
import { Form, type ReadField } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { Select } from '../../kit/select.tsx'
import { TextArea } from '../../kit/text-area.tsx'
import { decisionLook } from './rule.ts'

/** A dry run: which rule would decide about a call. Sends nothing. */
export function Explain() {
  const [malformed, setMalformed] = useState<string>()
  const { data: agents } = useQuery(askAll('GET /agents'))
  const explain = useSend('POST /policy/explain')
  const run = (read: ReadField) => {
    const args = objectOf(read('arguments'))
    setMalformed(args ? undefined : 'must be a JSON object')
    const agentId = read('agentId')
    // What the last one said, or failed by, is not about what stands there now.
    if (!args) explain.reset()
    else explain.mutate({ body: { tool: read('tool').trim(), arguments: args, ...(agentId && { agentId }) } })
  }
  const options = [
    { value: '', label: 'any agent' },
    ...(agents?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ]
  return (
    <Card title="Which rule would decide?" about="A dry run. Nothing is sent.">
      <Form onSubmit={run} problem={explain.error}>
        <div className="grid gap-5 md:grid-cols-2">
          <Field name="tool" label="Tool">
            <Input required placeholder="github_delete_branch" />
          </Field>
          <Field name="agentId" label="Agent">
            <Select options={options} />
          </Field>
        </div>
        <Field name="arguments" label="Arguments" hint="As JSON." problem={malformed}>
          <TextArea defaultValue="{}" className="font-mono" />
        </Field>
        <Button type="submit" busy={explain.isPending} className="self-start">
          Explain
        </Button>
      </Form>
      <div aria-live="polite">{explain.data && <Verdict verdict={explain.data} />}</div>
    </Card>
  )
}

function Verdict({ verdict: { decision, because, steps, notes } }: { verdict: Answer<'POST /policy/explain'> }) {
  return (
    <div className="mt-5 flex flex-col gap-3 border-line border-t pt-4">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={decisionLook[decision].tone}>{decisionLook[decision].label}</Badge> {because}
      </p>
      {steps.length > 0 && (
        <ol className="flex flex-col gap-1 text-sm">
          {steps.map(({ rule, matched, why }) => (
            <li key={rule.id} className={matched ? 'font-medium' : 'text-soft'}>
              “{rule.name}”: {why}
            </li>
          ))}
        </ol>
      )}
      {notes.map(note => (
        <p key={note} className="text-faint text-sm">
          {note}
        </p>
      ))}
    </div>
  )
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
