import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type ReadName, useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Card } from '../../kit/card.tsx'
import { Field } from '../../kit/field.tsx'
import { Input } from '../../kit/input.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { Select } from '../../kit/select.tsx'
import type { ApprovalDetail } from './approval.ts'

const extents = [
  { value: 'once', label: 'this call only' },
  { value: '15', label: 'this, and calls like it for 15 minutes' },
  { value: '60', label: 'this, and calls like it for an hour' },
  { value: '480', label: 'this, and calls like it for 8 hours' },
]

const refresh: ReadName[] = ['GET /approvals', 'GET /approvals/{id}']

/** Approve or deny, side by side. What "like it" means is said before it can be chosen. */
export function Decide({ approval }: { approval: ApprovalDetail }) {
  const { id, agent, tool, connection, preview } = approval
  const [extent, setExtent] = useState('once')
  const [word, setWord] = useState('')
  const client = useQueryClient()
  // After a refusal too: somebody else was faster, and the page says what they decided.
  const lookAgain = () => client.invalidateQueries({ queryKey: ['GET /approvals/{id}'] })
  const approve = useSend('POST /approvals/{id}/approve', { refresh, onError: lookAgain })
  const deny = useSend('POST /approvals/{id}/deny', { refresh, onError: lookAgain })
  const problem = approve.error ?? deny.error
  const body = extent === 'once' ? { for: 'once' as const } : { for: 'shape' as const, minutes: Number(extent) }
  return (
    <Card title="Your decision">
      <div className="grid gap-6 md:grid-cols-2">
        <div className="flex flex-col gap-3">
          <Field
            name="for"
            label="Approve"
            hint={
              extent !== 'once' &&
              `Like it: ${agent.name} calling ${tool} on ${connection.label}, with any arguments. You can end it under Policy.`
            }
          >
            <Select value={extent} onChange={event => setExtent(event.target.value)} options={extents} />
          </Field>
          <Button
            look="primary"
            busy={approve.isPending}
            disabled={deny.isPending || !preview}
            onClick={() => approve.mutate({ params: { id }, body })}
          >
            Approve
          </Button>
        </div>
        <div className="flex flex-col gap-3">
          <Field name="word" label="Deny, with a word for the agent">
            <Input
              value={word}
              onChange={event => setWord(event.target.value)}
              maxLength={500}
              placeholder="Why not, or what instead (optional)"
            />
          </Field>
          <Button
            busy={deny.isPending}
            disabled={approve.isPending}
            onClick={() => deny.mutate({ params: { id }, body: { word } })}
          >
            Deny
          </Button>
        </div>
      </div>
      {problem && (
        <div className="mt-4">
          <ProblemNote problem={problem} />
        </div>
      )}
    </Card>
  )
}
