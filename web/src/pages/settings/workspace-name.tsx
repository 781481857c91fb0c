import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { useToast } from '../../kit/toast.tsx'
import { useIsAdmin, useWorkspace } from '../../session/use-me.ts'
import { Part } from './part.tsx'

/** The name of the workspace, for those who may change it. */
export function WorkspaceName() {
  const workspace = useWorkspace()
  const isAdmin = useIsAdmin()
  const toast = useToast()
  const rename = useSend('PATCH /workspace', {
    refresh: ['GET /me', 'GET /workspace'],
    onSuccess: () => toast('Saved.'),
  })
  if (!isAdmin) return null
  return (
    <Part title="Workspace" about="Its name shows in the top bar and on invitations.">
      <Form
        key={workspace.id}
        className="max-w-md"
        problem={rename.error}
        onSubmit={read => rename.mutate({ body: { name: read('name') } })}
      >
        <Field name="name" label="Name of the workspace">
          <Input required maxLength={100} autoComplete="organization" defaultValue={workspace.name} />
        </Field>
        <Button type="submit" className="self-start" busy={rename.isPending}>
          Rename workspace
        </Button>
      </Form>
    </Part>
  )
}
