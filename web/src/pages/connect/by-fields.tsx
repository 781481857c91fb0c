import { useQueryClient } from '@tanstack/react-query'
import { ExternalLink } from 'lucide-react'
import { send } from '../../api/send.ts'
import { buttonStyle } from '../../kit/button-style.ts'
import { Form } from '../../kit/form.tsx'
import { Answers } from './answers.tsx'
import { FieldInput } from './field-input.tsx'
import { givenIn } from './given.ts'
import { More } from './more.tsx'
import { ScopeList } from './scope-list.tsx'
import { capital, hostOf, type Opened, openSession, type Way } from './session.ts'
import { useSending } from './use-sending.ts'

/** A token, key or whatever else is typed in. It is tried at the provider before it is kept. */
export function ByFields({ session, way }: { session: Opened; way: Way }) {
  const { id, provider } = session
  const client = useQueryClient()
  const { attempt, busy, problem, run } = useSending(id)
  const fields = { ...session.inputs, ...way.fields }
  return (
    <Form
      problem={problem}
      onSubmit={read => {
        const { fields: given, label, makeDefault } = givenIn(read, fields)
        const body = { way: way.id, fields: given, ...(label && { label }), ...(makeDefault && { makeDefault }) }
        void run(async () => {
          const { connection } = await send('POST /connect-sessions/{id}/submit', { params: { id }, body })
          client.setQueryData(openSession(id).queryKey, { ...session, state: 'connected', connection })
        })
      }}
    >
      <WhereFrom way={way} provider={provider.name} />
      {Object.entries(fields).map(([name, field]) => (
        <FieldInput key={name} name={name} field={field} attempt={attempt} />
      ))}
      <More session={session} />
      <p className="text-faint text-sm">
        {provider.name} is asked first whether it works. Nothing is kept if it does not.
      </p>
      <Answers session={session} yes={{ label: busy ? 'Trying it…' : 'Connect', busy }} />
    </Form>
  )
}

/** Where at the provider the secret is made, and what to tick there. */
function WhereFrom({ way: { advice, console: page, label, scopes }, provider }: { way: Way; provider: string }) {
  if (!page && !advice && scopes.length === 0) return null
  return (
    <section aria-label={`Where to get it`} className="flex flex-col gap-3 rounded-lg bg-sunken p-3.5 text-sm">
      {page && (
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <p className="min-w-0">
            <span className="block font-medium">
              {capital(label)} from {provider}
            </span>
            <span className="block text-faint">{hostOf(page)} opens beside this page.</span>
          </p>
          <a href={page} target="_blank" rel="noopener noreferrer" className={buttonStyle('secondary', 'small')}>
            Make one there
            <ExternalLink aria-hidden />
          </a>
        </div>
      )}
      {advice && <p className="text-soft">{advice}</p>}
      {scopes.length > 0 && <ScopeList label="Tick these scopes" scopes={scopes} copies />}
    </section>
  )
}
