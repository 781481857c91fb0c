import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { Checkbox } from '../../kit/checkbox.tsx'
import { Field } from '../../kit/field.tsx'
import { Form, type ReadField } from '../../kit/form.tsx'
import { Input } from '../../kit/input.tsx'
import { Note } from '../../kit/note.tsx'
import { type ChosenFile, ClientFile } from './client-file.tsx'
import { type Added, affected, type Registration } from './oauth-app.ts'

/** Takes the OAuth app over: from the file that the provider gave, or by its client id and secret. */
export function BringIt({
  registration,
  canChange,
  onAdded,
}: {
  registration: Registration
  canChange: boolean
  onAdded(added: Added): void
}) {
  const { slug, name, acceptsFile, apps } = registration
  const [isTyped, setTyped] = useState(acceptsFile === null)
  const [file, setFile] = useState<ChosenFile>()
  const [isDefault, setDefault] = useState(false)
  const add = useSend('POST /oauth-apps', { refresh: [...affected], gcTime: 0, onSuccess: onAdded })
  if (!canChange)
    return (
      <Note title="Only owners and admins can add it.">
        It would hold for the whole workspace. Ask one of them; this page shows them the same steps.
      </Note>
    )
  const submit = (read: ReadField) =>
    add.mutate({
      body: {
        registration: slug,
        label: read('label').trim() || undefined,
        ...(apps > 0 && { isDefault }),
        ...(isTyped
          ? { clientId: read('clientId').trim(), clientSecret: read('clientSecret').trim() || undefined }
          : { clientFile: file?.text }),
      },
    })
  return (
    <Form onSubmit={submit} problem={add.error}>
      {acceptsFile && !isTyped && (
        <ClientFile
          about={acceptsFile.about}
          file={file}
          isWrong={add.error?.field('clientFile') !== undefined}
          onChange={chosen => {
            add.reset()
            setFile(chosen)
          }}
        />
      )}
      {isTyped && (
        <>
          <Field name="clientId" label="Client id">
            <Input required autoComplete="off" spellCheck={false} />
          </Field>
          <Field
            name="clientSecret"
            label="Client secret"
            hint={`Sealed at once, and never shown again. Leave it empty if ${name} gives none.`}
          >
            <Input type="password" autoComplete="off" spellCheck={false} />
          </Field>
        </>
      )}
      {apps > 0 && (
        <>
          <Field name="label" label="Label" hint="There is one already: a name that tells them apart.">
            <Input maxLength={80} autoComplete="off" placeholder={`${name} for the shop`} />
          </Field>
          <Checkbox
            label="Use it for new connections"
            hint="Else the present default stays, or people choose."
            checked={isDefault}
            onChange={event => setDefault(event.target.checked)}
          />
        </>
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" busy={add.isPending} disabled={!isTyped && !file}>
          Add OAuth app
        </Button>
        {acceptsFile && (
          <Button
            look="quiet"
            onClick={() => {
              add.reset()
              setTyped(!isTyped)
            }}
          >
            {isTyped ? 'Import the file instead' : 'Type id and secret instead'}
          </Button>
        )}
      </div>
    </Form>
  )
}
