import type { ReactNode } from 'react'
import { Form } from '../../kit/form.tsx'
import { Answers } from './answers.tsx'
import { FieldInput } from './field-input.tsx'
import { type Given, givenIn } from './given.ts'
import { More } from './more.tsx'
import { isAppMissing, OAuthAppChoice, OAuthAppMissing } from './oauth-app-choice.tsx'
import { ScopeList } from './scope-list.tsx'
import type { Opened, Way } from './session.ts'
import { useSending } from './use-sending.ts'

/** What a way by OAuth is begun with. */
export type OAuthWish = { way: string; inputs: Record<string, string> } & Omit<Given, 'fields'>

type Props = {
  session: Opened
  way: Way
  about: ReactNode
  yes: string
  begin(wish: OAuthWish): Promise<void>
}

/** What is asked before the person goes to the provider: inputs, which OAuth app, and what it will be allowed. */
export function OAuthForm({ session, way, about, yes, begin }: Props) {
  const { attempt, busy, problem, run } = useSending(session.id)
  const fields = { ...session.inputs, ...way.fields }
  const scopes = [...new Set([...way.scopes, ...session.scopes])]
  if (isAppMissing(way))
    return (
      <div className="flex flex-col gap-5">
        <OAuthAppMissing session={session} way={way} />
        <Answers session={session} />
      </div>
    )
  return (
    <Form
      problem={problem}
      onSubmit={read => {
        const { fields: inputs, ...more } = givenIn(read, fields)
        void run(() => begin({ way: way.id, inputs, ...more }))
      }}
    >
      <p className="text-soft">{about}</p>
      {Object.entries(fields).map(([name, field]) => (
        <FieldInput key={name} name={name} field={field} attempt={attempt} />
      ))}
      {scopes.length > 0 && <ScopeList label={`What it asks ${session.provider.name} for`} scopes={scopes} />}
      <OAuthAppChoice way={way} />
      <More session={session} />
      <Answers session={session} yes={{ label: yes, busy }} />
    </Form>
  )
}
