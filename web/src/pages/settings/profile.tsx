import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { useToast } from '../../kit/toast.tsx'
import { useMe } from '../../session/use-me.ts'
import { Part } from './part.tsx'

/** One's own name. */
export function Profile() {
  const { person } = useMe()
  const toast = useToast()
  const rename = useSend('PATCH /me', { refresh: ['GET /me', 'GET /members'], onSuccess: () => toast('Saved.') })
  return (
    <Part title="You" about={`You sign in as ${person.email}.`}>
      <Form
        className="max-w-md"
        problem={rename.error}
        onSubmit={read => rename.mutate({ body: { name: read('name') } })}
      >
        <Field name="name" label="Name" hint="Others in the workspace see it.">
          <Input required maxLength={100} autoComplete="name" defaultValue={person.name} />
        </Field>
        <Button type="submit" className="self-start" busy={rename.isPending}>
          Save name
        </Button>
      </Form>
    </Part>
  )
}
