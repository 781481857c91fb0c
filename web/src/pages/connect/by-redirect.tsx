import { send } from '../../api/send.ts'
import { Form } from '../../kit/form.tsx'
import { Answers } from './answers.tsx'
import { FieldInput } from './field-input.tsx'
import { givenIn } from './given.ts'
import { More } from './more.tsx'
import { isAppMissing, OAuthAppChoice, OAuthAppMissing } from './oauth-app-choice.tsx'
import { ScopeList } from './scope-list.tsx'
import type { Opened, Way } from './session.ts'
import { useSending } from './use-sending.ts'

/** OAuth: the person says yes at the provider, which sends them back here. */
export function ByRedirect({ session, way }: { session: Opened; way: Way }) {
  const { id, provider } = session
  const { attempt, busy, problem, run } = useSending(id)
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
        void run(async () => {
          const body = { way: way.id, inputs, ...more }
          const { location } = await send('POST /connect-sessions/{id}/authorize', { params: { id }, body })
          window.location.assign(location)
        })
      }}
    >
      <p className="text-soft">
        You sign in at {provider.name} and see there what you allow. Then you come back here. ClawLink never sees your
        password.
      </p>
      {Object.entries(fields).map(([name, field]) => (
        <FieldInput key={name} name={name} field={field} attempt={attempt} />
      ))}
      {scopes.length > 0 && <ScopeList label={`What it asks ${provider.name} for`} scopes={scopes} />}
      <OAuthAppChoice way={way} />
      <More session={session} />
      <Answers session={session} yes={{ label: 'Continue', busy }} />
    </Form>
  )
}
