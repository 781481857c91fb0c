import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { askAll, useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { Page } from '../../kit/page.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { AmountsTo } from '../../scope/amounts-to.tsx'
import type { Choices } from '../../scope/choices.ts'
import { draftOf, modest, problemsOf, termsOf } from '../../scope/draft.ts'
import { ScopeForm } from '../../scope/scope-form.tsx'
import { useChoices } from '../../scope/use-choices.ts'
import { NewKey } from './new-key.tsx'

/** Makes a key for an agent, new or known, and shows it once. */
export function MakeKeyPage() {
  const { choices, problem } = useChoices()
  return (
    <Page title="Make a key" about="For what can neither pair nor sign in: a script, a server, a scheduled job.">
      {problem && <ProblemNote problem={problem} />}
      <div className="max-w-2xl">
        {choices ? (
          <MakeKey choices={choices} />
        ) : (
          !problem && (
            <Card flush>
              <SkeletonRows />
            </Card>
          )
        )}
      </div>
    </Page>
  )
}

function MakeKey({ choices }: { choices: Choices }) {
  const { agent: asked = '' } = useSearch({ from: '/signed-in/framed/agents/new' })
  const [agent, setAgent] = useState(asked)
  const [draft, setDraft] = useState(() => draftOf(modest))
  const { data: agents } = useQuery(askAll('GET /agents'))
  const navigate = useNavigate()
  const known = useId()
  const make = useSend('POST /keys', { refresh: ['GET /agents'], gcTime: 0 })
  const isKnown = agents?.items.some(({ name }) => name === agent.trim()) ?? false
  if (make.data)
    return (
      <Card title={`The key of ${agent.trim()}`}>
        <NewKey secret={make.data.secret} />
        <div className="mt-6 flex justify-end">
          <Button look="primary" onClick={() => navigate({ to: '/agents' })}>
            I have kept it
          </Button>
        </div>
      </Card>
    )
  return (
    <Card>
      <Form onSubmit={() => make.mutate({ body: { agent: agent.trim(), ...termsOf(draft) } })} problem={make.error}>
        <Field
          name="name"
          label="Agent"
          hint={isKnown ? 'This agent is there: it gets another key.' : 'A name that you will recognise in the record.'}
        >
          <Input
            value={agent}
            onChange={event => setAgent(event.target.value)}
            list={known}
            required
            maxLength={80}
            autoComplete="off"
            placeholder="Nightly report"
          />
        </Field>
        <datalist id={known}>
          {agents?.items.map(({ id, name }) => (
            <option key={id} value={name} />
          ))}
        </datalist>
        <ScopeForm draft={draft} choices={choices} onChange={setDraft} />
        <div className="flex flex-col gap-4 border-line border-t pt-5">
          <AmountsTo draft={draft} choices={choices} />
          <div className="flex justify-end gap-2">
            <Link to="/agents" className={buttonStyle('secondary')}>
              Cancel
            </Link>
            <Button
              type="submit"
              look="primary"
              busy={make.isPending}
              disabled={Object.keys(problemsOf(draft)).length > 0}
            >
              Make key
            </Button>
          </div>
        </div>
      </Form>
    </Card>
  )
}
